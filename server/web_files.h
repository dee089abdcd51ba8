// The web UI's files, as they were built into this binary.
//
// Owner: the binary; the spans live as long as the process. Thread rule: safe.
// Empty when the binary was built without frontend/dist. Paths are relative ("index.html", "assets/app-3f2a.js"),
// sorted. Deliberately does not: decide on caching, fall back to index.html, compress.
#pragma once

#include <span>
#include <string_view>

namespace cadastre::server {

struct WebFile {
  std::string_view path;
  std::string_view bytes;
  std::string_view mime;  // a Content-Type value
};

// All files, sorted by path.
std::span<const WebFile> WebFiles();

}  // namespace cadastre::server
