#include "bench/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "base/status.h"
#include "bench/clock.h"
#include "bench/http_client.h"

namespace cadastre::bench {
namespace {

constexpr double kServerReadySeconds = 1'800;
constexpr int kStopTenMs = 60'000;

std::string ReadWhole(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string Between(const std::string& text, const std::string& before, char end) {
  const size_t at = text.find(before);
  if (at == std::string::npos) return "";
  const size_t begin = at + before.size();
  return text.substr(begin, text.find(end, begin) - begin);
}

}  // namespace

StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(const std::string& program, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::filesystem::remove(folder + "/addresses.json", error);
  const std::string log = folder + "/server.log";
  std::vector<std::string> words = {program,       "--data-dir",     folder,       "--http-address",
                                    "127.0.0.1:0", "--grpc-address", "127.0.0.1:0"};
  auto server = std::make_unique<ServerProcess>();
  const auto start = Steady::now();
  server->pid_ = ::fork();
  if (server->pid_ < 0) return base::Unavailable("no process can be made");
  if (server->pid_ == 0) {
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
  }
  while (SecondsSince(start) < kServerReadySeconds) {
    if (::waitpid(server->pid_, nullptr, WNOHANG) != 0) {
      server->pid_ = 0;
      return base::Unavailable(program, " ended before it was ready; see ", log);
    }
    if (server->ReadAddresses(folder)) {
      HttpClient client(server->http_host_, server->http_port_);
      const StatusOr<int> ready = client.Get("/readyz");
      if (ready.ok() && *ready == 200) {
        server->seconds_to_ready_ = SecondsSince(start);
        return server;
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return base::Unavailable(program, " was not ready in time; see ", log);
}

bool ServerProcess::ReadAddresses(const std::string& folder) {
  const std::string text = ReadWhole(folder + "/addresses.json");
  grpc_address_ = Between(text, "\"grpc\": \"", '"');
  const std::string http = Between(text, "http://", '"');
  const size_t colon = http.rfind(':');
  if (grpc_address_.empty() || colon == std::string::npos) return false;
  http_host_ = http.substr(0, colon);
  http_port_ = std::atoi(http.c_str() + colon + 1);
  admin_token_ = ReadWhole(folder + "/admin.token");
  while (!admin_token_.empty() && admin_token_.back() == '\n') admin_token_.pop_back();
  return true;
}

void ServerProcess::Stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  for (int i = 0; i < kStopTenMs && pid_ > 0; ++i) {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = 0;
    if (pid_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

double ServerProcess::StatusBytes(const std::string& key) const {
  std::ifstream in(base::Cat("/proc/", pid_, "/status"));
  std::string line;
  while (std::getline(in, line)) {
    if (line.compare(0, key.size(), key) == 0) return std::atof(line.c_str() + key.size() + 1) * 1024;
  }
  return 0;
}

double ServerProcess::CpuSeconds() const {
  // Fields 14 and 15 behind the name in brackets: user and system time in ticks.
  const std::string text = ReadWhole(base::Cat("/proc/", pid_, "/stat"));
  std::stringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace cadastre::bench
