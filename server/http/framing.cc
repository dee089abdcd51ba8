#include "server/http/framing.h"

#include <algorithm>

#include "base/status.h"

namespace cadastre::server {
namespace {

constexpr unsigned kHttp11 = 11;
constexpr size_t kLengthDigitsMax = 18;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= kLengthDigitsMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Host names, addresses and ports; empty where the target has no authority.
bool IsHost(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~%!$&'()*+;=:[]").find(c) != std::string_view::npos;
  });
}

bool IsControl(char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'; }

}  // namespace

bool ChunkExtensions::Take(std::string_view extensions) {
  bytes_ += extensions.size();
  return bytes_ <= kBytesMax && std::none_of(extensions.begin(), extensions.end(), IsControl);
}

bool SameWord(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return Lower(x) == Lower(y); });
}

Status CheckFraming(const HttpHeaders& headers, unsigned version) {
  int encodings = 0;
  int lengths = 0;
  int hosts = 0;
  int credentials = 0;
  for (const auto& [name, value] : headers) {
    if (name == "transfer-encoding") {
      if (++encodings > 1 || !SameWord(value, "chunked")) return base::InvalidField("Transfer-Encoding", "chunked");
    } else if (name == "content-length") {
      if (++lengths > 1 || !IsNumber(value)) return base::InvalidField("Content-Length", "one number");
    } else if (name == "host") {
      if (++hosts > 1 || !IsHost(value)) return base::InvalidField("Host", "one host");
    } else if (name == "authorization") {
      // Who looks at the first and who looks at the last would not see the same sender.
      if (++credentials > 1) return base::InvalidField("Authorization", "one bearer");
    }
  }
  if (encodings > 0 && lengths > 0) {
    return base::InvalidField("Transfer-Encoding", "no Content-Length beside it");
  }
  if (encodings > 0 && version < kHttp11) return base::InvalidField("Transfer-Encoding", "HTTP/1.1");
  if (hosts == 0 && version >= kHttp11) return base::InvalidField("Host", "one host");
  return absl::OkStatus();
}

}  // namespace cadastre::server
