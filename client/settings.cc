#include "client/settings.h"

#include <fcntl.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/status.h"

namespace cadastre::client {
namespace {

constexpr std::string_view kDefaultUrl = "http://127.0.0.1:8080";

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string_view WithoutSlashes(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

absl::Status ReadAddresses(std::string_view data_dir, Settings& settings) {
  const std::string path = base::Cat(data_dir, "/addresses.json");
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file.good()) return base::NotFound("--data-dir: there is no ", path, " (does the server run?)");
  google::protobuf::Struct addresses;
  if (!google::protobuf::util::JsonStringToMessage(text.str(), &addresses).ok()) {
    return base::InvalidField("--data-dir", base::Cat("JSON in ", path));
  }
  const auto& fields = addresses.fields();
  if (const auto http = fields.find("http"); settings.url.empty() && http != fields.end()) {
    settings.url = http->second.string_value();
  }
  if (const auto grpc = fields.find("grpc"); settings.grpc.empty() && grpc != fields.end()) {
    settings.grpc = grpc->second.string_value();
    if (const auto tls = fields.find("tls"); tls != fields.end() && tls->second.bool_value()) {
      settings.grpc = base::Cat("https://", settings.grpc);
    }
  }
  return absl::OkStatus();
}

// The first line is the token, the second the URL it is for.
std::string SavedToken(std::string_view url) {
  std::ifstream file(TokenPath());
  std::string token, saved_url;
  if (!std::getline(file, token) || !std::getline(file, saved_url) || saved_url != url) return "";
  return token;
}

}  // namespace

std::string TokenPath() {
  std::string folder = Environment("XDG_CONFIG_HOME");
  if (folder.empty()) {
    folder = Environment("HOME");
    if (folder.empty()) return "";
    folder += "/.config";
  }
  return folder + "/cadastre/token";
}

absl::StatusOr<std::string> ReadPem(std::string_view option, const std::string& path) {
  constexpr std::streamsize kBytesMax = 1 << 20;
  std::ifstream file(path, std::ios::binary);
  std::string text(kBytesMax, '\0');
  if (file) file.read(text.data(), kBytesMax);
  text.resize(static_cast<size_t>(file.gcount()));
  // A folder opens and does not read.
  if (text.find("-----BEGIN ") == std::string::npos) {
    return base::InvalidField(option, base::Cat("a PEM file that can be read, not ", path));
  }
  return text;
}

absl::StatusOr<Settings> FindSettings(const Given& given) {
  Settings settings;
  settings.url = given.url;
  settings.grpc = given.grpc;
  settings.ca = given.ca.empty() ? Environment("SSL_CERT_FILE") : given.ca;
  settings.certificate = given.certificate;
  settings.key = given.key;
  if (settings.certificate.empty() != settings.key.empty()) {
    return base::InvalidField(settings.key.empty() ? "--key" : "--cert", "given together with the other");
  }
  if (!settings.ca.empty()) RETURN_IF_ERROR(ReadPem(given.ca.empty() ? "SSL_CERT_FILE" : "--ca", settings.ca).status());
  if (!settings.key.empty()) {
    RETURN_IF_ERROR(ReadPem("--cert", settings.certificate).status());
    RETURN_IF_ERROR(ReadPem("--key", settings.key).status());
  }
  if (!given.data_dir.empty()) RETURN_IF_ERROR(ReadAddresses(given.data_dir, settings));
  if (settings.url.empty()) settings.url = kDefaultUrl;
  settings.url = WithoutSlashes(settings.url);
  if (!settings.url.starts_with("http://") && !settings.url.starts_with("https://")) {
    return base::InvalidField("--url", "http://host:port or https://host:port");
  }
  settings.token = Environment("CADASTRE_TOKEN");
  if (settings.token.empty()) settings.token = SavedToken(settings.url);
  if (settings.token.find_first_of("\r\n") != std::string::npos) {
    return base::InvalidField("CADASTRE_TOKEN", "a token of one line");
  }
  return settings;
}

absl::Status WriteFile(const std::string& path, std::string_view text, int mode) {
  const std::string fresh = path + ".new";
  // In a folder that others write in too, what has that name may be theirs, or lead to what is ours.
  unlink(fresh.c_str());
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (file < 0) return base::FailedPrecondition("cannot write ", fresh, ": ", std::strerror(errno));
  // Not what the umask leaves of it.
  bool written = fchmod(file, static_cast<mode_t>(mode)) == 0;
  while (written && !text.empty()) {
    const ssize_t bytes = write(file, text.data(), text.size());
    if (bytes < 0 && errno == EINTR) continue;
    written = bytes > 0;
    if (written) text.remove_prefix(static_cast<size_t>(bytes));
  }
  written = close(file) == 0 && written && std::rename(fresh.c_str(), path.c_str()) == 0;
  if (!written) return base::FailedPrecondition("cannot write ", path, ": ", std::strerror(errno));
  return absl::OkStatus();
}

absl::Status SaveToken(const Settings& settings) {
  const std::string path = TokenPath();
  if (path.empty()) return base::FailedPrecondition("--save: neither HOME nor XDG_CONFIG_HOME is set");
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  return WriteFile(path, base::Cat(settings.token, "\n", settings.url, "\n"), 0600);
}

absl::StatusOr<bool> ForgetToken(std::string_view token) {
  const std::string path = TokenPath();
  std::ifstream file(path);
  std::string kept;
  if (path.empty() || token.empty() || !std::getline(file, kept) || kept != token) return false;
  if (std::remove(path.c_str()) != 0)
    return base::FailedPrecondition("cannot remove ", path, ": ", std::strerror(errno));
  return true;
}

}  // namespace cadastre::client
