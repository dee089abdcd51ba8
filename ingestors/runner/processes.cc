#include "ingestors/runner/processes.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>

#include "base/status.h"

namespace cadastre::ingest {
namespace {

volatile std::sig_atomic_t told_to_reload = 0;

class RealOnes final : public Processes {
 public:
  RealOnes() {
    struct sigaction action = {};
    action.sa_handler = [](int) { told_to_reload = 1; };
    action.sa_flags = SA_RESTART;
    sigaction(SIGHUP, &action, nullptr);
  }

  absl::StatusOr<int64_t> Begin(const std::vector<std::string>& words) override {
    std::vector<std::string> all = {"cadastre-ingest"};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> argv;
    argv.reserve(all.size() + 1);
    for (std::string& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t agent = getpid();
    const pid_t child = fork();
    if (child < 0) return base::Unavailable("no process: ", std::strerror(errno));
    if (child == 0) RunAs(argv.data(), agent);
    children_.insert(child);
    return child;
  }

  std::vector<Ended> TakeEnded() override {
    std::vector<Ended> ended;
    for (auto at = children_.begin(); at != children_.end();) {
      int status = 0;
      const pid_t found = waitpid(*at, &status, WNOHANG);
      if (found == 0 || (found < 0 && errno == EINTR)) {
        ++at;
        continue;
      }
      const int code = found < 0 ? 255 : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
      ended.push_back({*at, code});
      at = children_.erase(at);
    }
    return ended;
  }

  // Never one that was waited for: its number may be another process's by now.
  void Signal(int64_t id, int signal) override {
    if (children_.contains(static_cast<pid_t>(id))) kill(static_cast<pid_t>(id), signal);
  }

  bool TakeReload() override {
    const bool asked = told_to_reload != 0;
    told_to_reload = 0;
    return asked;
  }

 private:
  // In the child, where only what is safe behind a fork may be called.
  [[noreturn]] static void RunAs(char** argv, pid_t agent) {
    for (const int signal : {SIGHUP, SIGINT, SIGTERM}) ::signal(signal, SIG_DFL);
    // A group of its own: what a terminal sends to the agent comes to it through the agent.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != agent) _exit(255);
    // The program that runs, also where its file was replaced meanwhile.
    execv("/proc/self/exe", argv);
    _exit(255);
  }

  std::set<pid_t> children_;
};

}  // namespace

std::unique_ptr<Processes> RealProcesses() { return std::make_unique<RealOnes>(); }

}  // namespace cadastre::ingest
