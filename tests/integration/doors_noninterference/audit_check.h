// What an answer shows, found by looking at its fields, against what its audit record says was shown.
//
// Thread rule: safe.
#pragma once

#include <map>
#include <set>
#include <string>

#include "cadastre/audit/v1/audit.pb.h"
#include "google/protobuf/message.h"
#include "tests/integration/doors_noninterference/script.h"

namespace cadastre::noninterference {

// Assets by their text form, with the columns shown of each, joined with dots.
using Shown = std::map<std::string, std::set<std::string>>;

std::string TextOf(const v1::AssetRef& ref);
// Every AssetRef in the message, and every column it speaks of. `about` is the asset of parts that name none.
Shown ShownIn(const google::protobuf::Message& message, const std::string& about);

class AuditCheck {
 public:
  explicit AuditCheck(const Script& script);

  // What the record leaves out or makes up; empty where nothing. `answer` is null for a refusal.
  //
  // Three things it allows: the record may name what the request named; it may name, with columns, assets merged with
  // those shown, because their values are shown as the asset's own; and of a hit it may name columns of which the
  // highlight shows a description instead of the name.
  std::string WrongIn(const google::protobuf::Message& request, const google::protobuf::Message* answer,
                      const audit::v1::Record& record) const;

 private:
  const std::string& GroupOf(const std::string& name) const;

  // The name by which a whole group of aliased assets goes.
  std::map<std::string, std::string> groups_;
};

}  // namespace cadastre::noninterference
