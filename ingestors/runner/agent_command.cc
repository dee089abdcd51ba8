#include "ingestors/runner/agent_command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/status.h"
#include "client/text_width.h"
#include "ingestors/runner/agent_status.h"
#include "ingestors/runner/exit_code.h"
#include "ingestors/runner/place.h"

namespace cadastre::ingest {
namespace {

constexpr std::chrono::milliseconds kLookEvery{200};
// A run gives its lease back within that, or is ended; what starts services waits 90 s for one to stop.
constexpr std::chrono::seconds kStopWithin{75};

// The lock of a status: whoever has it writes it.
class StatusLock {
 public:
  explicit StatusLock(const std::string& status_path)
      : file_(open((status_path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
  ~StatusLock() {
    if (file_ >= 0) close(file_);
  }
  StatusLock(const StatusLock&) = delete;
  StatusLock& operator=(const StatusLock&) = delete;

  bool opened() const { return file_ >= 0; }
  bool Take() const { return flock(file_, LOCK_EX | LOCK_NB) == 0; }

 private:
  const int file_;
};

int Say(const Program& program, int code, const absl::Status& status) {
  *program.screen.err << "cadastre-ingest: " << client::ShownText(base::MessageOf(status)) << '\n';
  return code;
}

absl::StatusOr<std::string> StatusPath(const AgentAsked& asked) {
  if (!asked.state.empty()) return asked.state;
  const std::string folder = StateFolder();
  if (folder.empty()) return base::FailedPrecondition("--state: needed where there is no home folder");
  RETURN_IF_ERROR(MakeOwnFolder(folder));
  return folder + "/agent.json";
}

int TellStatus(const Program& program, const AgentAsked& asked, const std::string& path) {
  const absl::StatusOr<AgentStatus> status = ReadAgentStatus(path);
  if (!status.ok()) return Say(program, kSomeFailed, status.status());
  const StatusLock lock(path);
  const bool alive = lock.opened() && !lock.Take();
  if (asked.json) {
    *program.screen.out << JsonOf(*status);
  } else {
    PrintStatus(program.screen, *status, alive);
  }
  bool well = alive;
  for (const auto& [recipe_path, recipe] : status->recipes) well = well && IsWell(recipe);
  return well ? kDone : kSomeFailed;
}

void StopAll(const Program& program, Agent& agent) {
  agent.Stop(SIGTERM);
  const auto asked = program.pace.now();
  bool ended = false;
  while (agent.Running()) {
    if (!ended && program.pace.now() - asked >= kStopWithin) {
      agent.Stop(SIGKILL);
      ended = true;
    }
    program.pace.sleep(kLookEvery);
    agent.Look();
  }
}

}  // namespace

int RunAgent(const Program& program, const AgentAsked& asked,
             const std::function<absl::StatusOr<AgentRecipe>(const std::string& path)>& load) {
  const absl::StatusOr<std::string> path = StatusPath(asked);
  if (!path.ok()) return Say(program, kUsage, path.status());
  if (asked.status) return TellStatus(program, asked, *path);
  if (asked.paths.empty()) return Say(program, kUsage, base::InvalidArgument("expected recipes, or folders of them"));
  for (const std::string& given : asked.paths) {
    std::error_code error;
    if (!std::filesystem::exists(given, error))
      return Say(program, kUsage, base::InvalidArgument("there is no ", given));
  }
  const StatusLock lock(*path);
  if (!lock.opened()) {
    return Say(program, kUsage,
               base::FailedPrecondition("--state: cannot open ", *path, ".lock: ", std::strerror(errno)));
  }
  // `--status` holds it for the moment in which it looks whether somebody does.
  bool taken = lock.Take();
  for (int tries = 0; !taken && tries < 20; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    taken = lock.Take();
  }
  if (!taken) return Say(program, kLocked, base::Aborted("another agent has ", *path));
  absl::StatusOr<AgentStatus> before = ReadAgentStatus(*path);
  // What cannot be read is not worth to be without an agent: times before now are then as if they were done with.
  if (!before.ok()) Say(program, kDone, before.status());
  AgentOptions options;
  options.paths = asked.paths;
  options.parallel = asked.parallel;
  options.status_path = *path;
  options.textfile_folder = asked.textfile_folder;
  options.spool = asked.spool;
  options.load = load;
  options.log = [&](const std::string& line) { *program.screen.err << client::ShownText(line) << std::endl; };
  const std::unique_ptr<Processes> processes = program.processes();
  Agent agent(std::move(options), processes.get(), program.clock, before.ok() ? *std::move(before) : AgentStatus());
  while (!program.stop || !program.stop()) {
    agent.Look();
    program.pace.sleep(kLookEvery);
  }
  StopAll(program, agent);
  agent.WriteStatus();
  return kDone;
}

}  // namespace cadastre::ingest
