// Which server, and as whom: from the options, the environment and the file that `login --save` wrote.
//
// Thread rule: compatible.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cadastre::cli {

struct Settings {
  // `http://host:port`, without a slash at its end.
  std::string url;
  // `host:port`; empty where none is known. `https://host:port` for TLS.
  std::string grpc;
  // Never an argument, because other users of a machine see those.
  std::string token;
};

// From CADASTRE_URL, CADASTRE_GRPC and CADASTRE_TOKEN, where they are not set: the addresses in
// `data_dir`/addresses.json (empty for none) and the saved token, if it was saved for this URL. Options that are not
// empty win. INVALID_ARGUMENT naming CADASTRE_URL where it is none; NOT_FOUND for a data folder without addresses.
absl::StatusOr<Settings> FindSettings(std::string_view url_option, std::string_view grpc_option,
                                      std::string_view data_dir);

// `$XDG_CONFIG_HOME/cadastre/token` or `~/.config/cadastre/token`; empty without a home.
std::string TokenPath();
// Keeps the token for this URL alone, in a file of mode 0600.
absl::Status SaveToken(const Settings& settings);

// Writes `text` to a file of this mode, replacing it whole.
absl::Status WriteFile(const std::string& path, std::string_view text, int mode);

}  // namespace cadastre::cli
