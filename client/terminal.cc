#include "client/terminal.h"

#include <curl/curl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace cadastre::client {
namespace {

constexpr int kFailed = 1;

size_t TerminalColumns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

int AtTerminal(std::string_view program, const std::function<int(const Screen&)>& run) {
  std::ios::sync_with_stdio(false);
  // A reader such as `head` that leaves early ends the output, not the program in the middle of a write to the server.
  std::signal(SIGPIPE, SIG_IGN);
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return kFailed;
  Screen screen;
  screen.out = &std::cout;
  screen.err = &std::cerr;
  screen.out_is_tty = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  screen.err_is_tty = isatty(STDERR_FILENO) != 0;
  screen.columns = screen.out_is_tty ? TerminalColumns() : 0;
  const int code = run(screen);
  std::cout.flush();
  curl_global_cleanup();
  // Who left early wants no more; a full disk has lost what was asked for.
  if (!std::cout && write(STDOUT_FILENO, "\n", 1) < 0 && errno != EPIPE) {
    std::cerr << program << ": the output could not be written: " << std::strerror(errno) << std::endl;
    return code == 0 ? kFailed : code;
  }
  return code;
}

}  // namespace cadastre::client
