#include "cli/words.h"

#include "base/status.h"
#include "cadastre/privilege/v1/privilege.pb.h"

namespace cadastre::cli {

std::string EnumWord(std::string_view name, std::string_view prefix) {
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  std::string word(name);
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return word;
}

std::string JoinWords(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += base::Cat(out.empty() ? "" : ", ", word);
  return out;
}

std::string PrivilegeWords(const google::protobuf::RepeatedField<int>& privileges) {
  std::string out;
  for (const int privilege : privileges) {
    const std::string name = privilege::v1::Privilege_IsValid(privilege)
                                 ? privilege::v1::Privilege_Name(static_cast<privilege::v1::Privilege>(privilege))
                                 : base::Cat(privilege);
    out += base::Cat(out.empty() ? "" : ", ", EnumWord(name, "PRIVILEGE_"));
  }
  return out;
}

}  // namespace cadastre::cli
