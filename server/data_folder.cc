#include "server/data_folder.h"

#include <filesystem>

#include "base/log.h"
#include "base/status.h"

namespace cadastre::server {

Status PrepareDataFolder(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status found = std::filesystem::status(path, error);
  if (std::filesystem::exists(found)) {
    if (!std::filesystem::is_directory(found)) {
      return base::InvalidField("data_dir", base::Cat("a folder; ", path, " is something else"));
    }
    constexpr auto kOthers = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    if ((found.permissions() & kOthers) != std::filesystem::perms::none) {
      const std::string advice = base::Cat("chmod 700 ", path);
      base::LogWarning("others can reach into the data folder; files in it stay this user's",
                       {{"folder", path}, {"advice", advice}});
    }
    return absl::OkStatus();
  }
  std::filesystem::create_directories(path, error);
  if (error) return base::Unavailable("data_dir: ", path, " cannot be made: ", error.message());
  return absl::OkStatus();
}

}  // namespace cadastre::server
