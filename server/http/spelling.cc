#include "server/http/spelling.h"

#include <algorithm>
#include <optional>

#include "base/status.h"

namespace cadastre::server {
namespace {

bool IsNamed(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

std::string CamelOf(std::string_view name) {
  std::string out;
  bool capital = false;
  for (const char c : name) {
    if (c == '_') {
      capital = true;
      continue;
    }
    out += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    capital = false;
  }
  return out;
}

}  // namespace

void Spelling::Note(std::string_view name) {
  if (name.find('_') != std::string_view::npos) {
    if (written_.size() < kNamesMax) written_.emplace(name);
  } else if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    camel_ = true;
  }
}

Spelling Spelling::OfJson(std::string_view body) {
  Spelling spelling;
  spelling.json_ = true;
  body = body.substr(0, kBytesRead);
  for (size_t at = body.find('"'); at != std::string_view::npos; at = body.find('"', at)) {
    const size_t begin = ++at;
    while (at < body.size() && body[at] != '"') at += body[at] == '\\' ? 2 : 1;
    if (at >= body.size()) break;
    const std::string_view text = body.substr(begin, at - begin);
    at = body.find_first_not_of(" \t\r\n", at + 1);
    if (at == std::string_view::npos) break;
    if (body[at] == ':' && std::all_of(text.begin(), text.end(), IsNamed)) spelling.Note(text);
  }
  return spelling;
}

std::string Spelling::PathOf(std::string_view path) const {
  std::string out;
  const bool as_contract = !written_.empty() && !camel_;
  while (!path.empty()) {
    const auto end = std::find_if_not(path.begin(), path.end(), IsNamed);
    const std::string_view name = path.substr(0, static_cast<size_t>(end - path.begin()));
    out += as_contract || written_.contains(name) ? std::string(name) : CamelOf(name);
    path.remove_prefix(name.size());
    if (path.empty()) break;
    out += path.front();
    path.remove_prefix(1);
  }
  return out;
}

Status Spelling::Of(const Status& status) const {
  const std::optional<std::string> field = base::FieldOf(status);
  if (!json_ || !field || field->find('_') == std::string::npos) return status;
  return base::RenamedField(PathOf(*field), status);
}

}  // namespace cadastre::server
