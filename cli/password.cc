#include "cli/password.h"

#include <termios.h>
#include <unistd.h>

#include <istream>

#include "base/status.h"

namespace cadastre::cli {

absl::StatusOr<std::string> AskPassword(Session& session, std::string_view prompt, bool from_stdin) {
  std::string password;
  if (from_stdin) {
    std::getline(*session.in, password);
    return password;
  }
  termios before{};
  if (isatty(STDIN_FILENO) == 0 || tcgetattr(STDIN_FILENO, &before) != 0) {
    return base::InvalidField("--password-stdin", "given where the input is no terminal");
  }
  termios quiet = before;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  *session.screen.err << prompt << ": " << std::flush;
  if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0) return base::FailedPrecondition("the terminal keeps its echo");
  std::getline(*session.in, password);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  *session.screen.err << '\n';
  return password;
}

absl::StatusOr<std::string> AskNewPassword(Session& session, bool from_stdin) {
  ASSIGN_OR_RETURN(std::string password, AskPassword(session, "New password", from_stdin));
  if (from_stdin) return password;
  ASSIGN_OR_RETURN(const std::string again, AskPassword(session, "New password again", false));
  if (again != password) return base::InvalidArgument("password: the two that were typed differ");
  return password;
}

}  // namespace cadastre::cli
