// Names of enums and lists of words, as tables show them.
//
// Thread rule: safe.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>
#include <string_view>

namespace cadastre::cli {

// `PRIVILEGE_READ_CODE` without `PRIVILEGE_`, in lower case.
std::string EnumWord(std::string_view name, std::string_view prefix);
std::string JoinWords(const google::protobuf::RepeatedPtrField<std::string>& words);
// Numbers of authz.v1.Privilege.
std::string PrivilegeWords(const google::protobuf::RepeatedField<int>& privileges);

}  // namespace cadastre::cli
