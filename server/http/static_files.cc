#include "server/http/static_files.h"

#include <algorithm>

#include "server/http/connect.h"
#include "server/web_files.h"

namespace cadastre::server {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const WebFile* FindFile(std::string_view path) {
  const auto files = WebFiles();
  const auto found = std::lower_bound(files.begin(), files.end(), path,
                                      [](const WebFile& file, std::string_view name) { return file.path < name; });
  return found != files.end() && found->path == path ? &*found : nullptr;
}

// The pages of the web UI, which it draws itself: those of frontend/src/app.
bool IsPage(std::string_view path) {
  return path.empty() || path == "sign-in" || path == "audit" || path.starts_with("asset/");
}

HttpResponse Plain(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  response.body = std::move(text);
  return response;
}

}  // namespace

HttpResponse ServeStatic(const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    const Misfit misfit = WrongMethod("GET, HEAD");
    return ErrorResponse(misfit.status, misfit, request.request_id);
  }
  const std::string_view path = std::string_view(request.path).substr(request.path.starts_with('/') ? 1 : 0);
  const WebFile* file = FindFile(path.empty() ? "index.html" : path);
  // A name of an asset holds dots, so only what lies under assets/ is taken for a missing file.
  HttpResponse response;
  if (file == nullptr && !path.starts_with("assets/")) {
    file = FindFile("index.html");
    // The page all the same: it says, in its own words, that there is nothing here.
    if (!IsPage(path)) response.status = 404;
  }
  if (file == nullptr) return Plain(404, "not found\n");
  const bool hashed = file->path.starts_with("assets/");
  response.headers = {{"Content-Type", std::string(file->mime)},
                      {"Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache"},
                      {"Content-Security-Policy", std::string(kPolicy)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "same-origin"}};
  response.fixed_body = file->bytes;
  return response;
}

}  // namespace cadastre::server
