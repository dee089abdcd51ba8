#include "cli/terminal.h"

#include <curl/curl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <utility>

#include "cli/exit_code.h"
#include "cli/http_caller.h"

namespace cadastre::cli {
namespace {

size_t TerminalColumns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

int AtTerminal(const char* version, const std::function<int(Session)>& run) {
  std::ios::sync_with_stdio(false);
  // A reader such as `head` that leaves early ends the output, not the program in the middle of a write to the server.
  std::signal(SIGPIPE, SIG_IGN);
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return kSomeFailed;
  Session session;
  session.version = version;
  session.screen.out = &std::cout;
  session.screen.err = &std::cerr;
  session.screen.out_is_tty = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  session.screen.err_is_tty = isatty(STDERR_FILENO) != 0;
  session.screen.columns = session.screen.out_is_tty ? TerminalColumns() : 0;
  session.in = &std::cin;
  session.connect = [](const Settings& settings) { return std::make_unique<HttpCaller>(settings); };
  const int code = run(std::move(session));
  std::cout.flush();
  curl_global_cleanup();
  // Who left early wants no more; a full disk has lost what was asked for.
  if (!std::cout && write(STDOUT_FILENO, "\n", 1) < 0 && errno != EPIPE) {
    std::cerr << "cadastre: the output could not be written: " << std::strerror(errno) << std::endl;
    return code == 0 ? kSomeFailed : code;
  }
  return code;
}

}  // namespace cadastre::cli
