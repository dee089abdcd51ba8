// Values of arguments as messages of the contract.
//
// Thread rule: safe.
// Errors: INVALID_ARGUMENT naming the argument and what was expected.
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cadastre/catalog/v1/asset.pb.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cli/session.h"

namespace cadastre::cli {

// `dataset:postgres://db:5432#shop.public.orders`.
absl::Status ReadAsset(std::string_view argument, std::string_view text, catalog::v1::AssetRef* asset);

// RFC 3339 or a date (midnight UTC).
absl::Status ReadTime(std::string_view argument, std::string_view text, google::protobuf::Timestamp* time);

// The two coordinates; empty texts leave theirs out, both empty leave `as_of` unset. What `known` says is a time or
// else a revision token.
absl::Status ReadAsOf(std::string_view held, std::string_view known, catalog::v1::AsOf* as_of);

// `address.city` in segments; `\.` is a dot within one.
std::vector<std::string> ColumnPath(std::string_view text);
std::string ColumnText(const google::protobuf::RepeatedPtrField<std::string>& path);

// A message written as protobuf's JSON; enums also in plain words.
absl::Status ReadJson(std::string_view argument, const std::string& json, google::protobuf::Message* message);

// The fields that the JSON of a resource names, be their values empty ones: what it replaces. `member`: the field of a
// request that holds the resource; empty where the JSON is the resource's own. Its id and etag are none.
google::protobuf::FieldMask FieldsToldOf(const std::string& json, const google::protobuf::Descriptor& resource,
                                         const std::string& member = "");

// INVALID_ARGUMENT for what is no file that can be read.
absl::Status OpenFile(std::string_view argument, const std::string& path, std::ifstream* file);

// The file's content; `-` reads the session's input.
absl::StatusOr<std::string> ReadAll(Session& session, std::string_view argument, const std::string& path);

// As tables show them: "2026-03-01T09:30:00Z" to the second (--json has the rest), empty where it is not set; the text
// of a ref.
std::string TimeText(const google::protobuf::Timestamp& time);
std::string AssetText(const catalog::v1::AssetRef& asset);
// Of an asset in a list: its name, and what has become of it.
std::string AssetText(const catalog::v1::AssetSummary& asset);

}  // namespace cadastre::cli
