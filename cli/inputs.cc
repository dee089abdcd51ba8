#include "cli/inputs.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/asset_name.h"
#include "base/status.h"
#include "base/time_format.h"
#include "cli/plain_enums.h"

namespace cadastre::cli {
namespace {

constexpr int64_t kMicrosASecond = 1'000'000;

}  // namespace

absl::Status ReadAsset(std::string_view argument, std::string_view text, catalog::v1::AssetRef* asset) {
  const absl::StatusOr<base::AssetName> name = base::ParseAssetName(text);
  if (!name.ok()) {
    return base::InvalidArgument(argument, ": ", base::MessageOf(name.status()),
                                 " (an asset is written dataset:postgres://db:5432#shop.public.orders)");
  }
  asset->set_kind(std::string(base::AssetKindWord(name->kind)));
  asset->set_namespace_(name->ns);
  asset->set_name(name->name);
  return absl::OkStatus();
}

absl::Status ReadTime(std::string_view argument, std::string_view text, google::protobuf::Timestamp* time) {
  const absl::StatusOr<base::ParsedTime> parsed = base::ParseTime(text);
  if (!parsed.ok()) return base::InvalidField(argument, "a time such as 2026-03-01T09:30:00Z, or a date");
  int64_t seconds = parsed->at.micros() / kMicrosASecond;
  int64_t micros = parsed->at.micros() % kMicrosASecond;
  if (micros < 0) {
    micros += kMicrosASecond;
    --seconds;
  }
  time->set_seconds(seconds);
  time->set_nanos(static_cast<int32_t>(micros * 1000));
  return absl::OkStatus();
}

absl::Status ReadAsOf(std::string_view held, std::string_view known, catalog::v1::AsOf* as_of) {
  if (!held.empty()) RETURN_IF_ERROR(ReadTime("--held", held, as_of->mutable_held_at()));
  if (known.empty()) return absl::OkStatus();
  google::protobuf::Timestamp time;
  if (ReadTime("--known", known, &time).ok()) {
    *as_of->mutable_known_at() = time;
  } else {
    as_of->set_known_at_revision(std::string(known));
  }
  return absl::OkStatus();
}

std::vector<std::string> ColumnPath(std::string_view text) {
  std::vector<std::string> path;
  if (text.empty()) return path;
  path.emplace_back();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '.' || text[i + 1] == '\\')) {
      path.back() += text[++i];
    } else if (text[i] == '.') {
      path.emplace_back();
    } else {
      path.back() += text[i];
    }
  }
  return path;
}

std::string ColumnText(const google::protobuf::RepeatedPtrField<std::string>& path) {
  std::string text;
  for (const std::string& segment : path) {
    if (&segment != &path[0]) text += '.';
    for (const char c : segment) {
      if (c == '.' || c == '\\') text += '\\';
      text += c;
    }
  }
  return text;
}

absl::Status ReadJson(std::string_view argument, const std::string& json, google::protobuf::Message* message) {
  const auto read =
      google::protobuf::util::JsonStringToMessage(WithEnumNames(*message->GetDescriptor(), json), message);
  if (read.ok()) return absl::OkStatus();
  return base::InvalidField(argument, base::Cat("JSON of ", message->GetTypeName(), ": ", std::string(read.message())));
}

google::protobuf::FieldMask FieldsToldOf(const std::string& json, const google::protobuf::Descriptor& resource,
                                         const std::string& member) {
  google::protobuf::FieldMask told;
  google::protobuf::Struct members;
  if (!google::protobuf::util::JsonStringToMessage(json, &members).ok()) return told;
  if (!member.empty()) {
    const auto inner = members.fields().find(member);
    if (inner == members.fields().end()) return told;
    members = google::protobuf::Struct(inner->second.struct_value());
  }
  for (const auto& [name, value] : members.fields()) {
    const google::protobuf::FieldDescriptor* field = resource.FindFieldByName(name);
    if (field == nullptr) field = resource.FindFieldByCamelcaseName(name);
    if (field != nullptr && field->name() != "id" && field->name() != "etag") told.add_paths(field->name());
  }
  std::sort(told.mutable_paths()->begin(), told.mutable_paths()->end());
  return told;
}

absl::Status OpenFile(std::string_view argument, const std::string& path, std::ifstream* file) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) file->open(path, std::ios::binary);
  if (file->is_open()) return absl::OkStatus();
  return base::InvalidField(argument, base::Cat("a file that can be read, not ", path));
}

absl::StatusOr<std::string> ReadAll(Session& session, std::string_view argument, const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(*session.in), {});
  std::ifstream file;
  RETURN_IF_ERROR(OpenFile(argument, path, &file));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  return base::FormatTime(base::Timestamp(time.seconds() * kMicrosASecond));
}

std::string AssetText(const catalog::v1::AssetRef& asset) {
  if (asset.kind().empty() && asset.name().empty()) return "";
  const auto name = base::MakeAssetName(asset.kind(), asset.namespace_(), asset.name());
  return name.ok() ? base::AssetNameText(*name) : base::Cat(asset.kind(), ":", asset.namespace_(), "#", asset.name());
}

std::string AssetText(const catalog::v1::AssetSummary& asset) {
  return base::Cat(AssetText(asset.ref()), asset.dropped() ? " (dropped)" : "", asset.deleted() ? " (deleted)" : "");
}

}  // namespace cadastre::cli
