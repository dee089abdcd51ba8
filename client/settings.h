// Which server, and as whom: from the options, the environment and the file that `login --save` wrote.
//
// Thread rule: compatible.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cadastre::client {

struct Settings {
  // `http://host:port`, without a slash at its end.
  std::string url;
  // `host:port`; empty where none is known. `https://host:port` for TLS.
  std::string grpc;
  // Never an argument, because other users of a machine see those.
  std::string token;
  // PEM files: whom to trust besides nobody (empty: whom the system trusts), and who we are (both or neither).
  std::string ca;
  std::string certificate;
  std::string key;
};

// What the options and their environment variables said; empty where neither did.
struct Given {
  std::string url, grpc, data_dir, ca, certificate, key;
};

// What is not given: the addresses in `data_dir`/addresses.json (which says too whether gRPC speaks TLS), the authority
// in SSL_CERT_FILE; the token from CADASTRE_TOKEN or the saved one, if it was saved for this URL. INVALID_ARGUMENT
// naming the option whose value is none or whose file cannot be read; NOT_FOUND for a data folder without addresses.
absl::StatusOr<Settings> FindSettings(const Given& given);

// `$XDG_CONFIG_HOME/cadastre/token` or `~/.config/cadastre/token`; empty without a home.
std::string TokenPath();
// Keeps the token for this URL alone, in a file of mode 0600.
absl::Status SaveToken(const Settings& settings);
// Takes the kept token away where it is this one; whether it was.
absl::StatusOr<bool> ForgetToken(std::string_view token);

// The file's content, at most 1 MiB. INVALID_ARGUMENT naming `option`.
absl::StatusOr<std::string> ReadPem(std::string_view option, const std::string& path);

// Writes `text` to a file of this mode, replacing it whole.
absl::Status WriteFile(const std::string& path, std::string_view text, int mode);

}  // namespace cadastre::client
