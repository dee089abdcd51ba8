// cadastre login and cadastre whoami.
#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "base/status.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/table.h"
#include "cli/text_width.h"
#include "cli/words.h"

namespace cadastre::cli {
namespace {

// A line typed at the terminal without echo.
absl::StatusOr<std::string> AskPassword(Session& session) {
  termios before{};
  if (isatty(STDIN_FILENO) == 0 || tcgetattr(STDIN_FILENO, &before) != 0) {
    return base::InvalidField("--password-stdin", "given where the input is no terminal");
  }
  termios quiet = before;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  *session.screen.err << "Password: " << std::flush;
  if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0) return base::FailedPrecondition("the terminal keeps its echo");
  std::string password;
  std::getline(*session.in, password);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  *session.screen.err << '\n';
  return password;
}

class Login final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("USER", &user_, "A person's id");
    arguments.Flag("--password-stdin", &from_stdin_, "Read the password from the input's first line");
    arguments.Flag("--save", &save_, "Keep the token for this server in ~/.config/cadastre/token (mode 0600)");
  }

  absl::Status Run(Session& session) override {
    authz::v1::LoginRequest request;
    request.set_user(user_);
    std::string password;
    if (from_stdin_) {
      std::getline(*session.in, password);
    } else {
      ASSIGN_OR_RETURN(password, AskPassword(session));
    }
    request.set_password(password);
    // Without whatever token the environment holds: who logs in is nobody yet.
    Settings settings = session.settings;
    settings.token.clear();
    authz::v1::LoginResponse answer;
    RETURN_IF_ERROR(session.connect(settings)->Call("cadastre.authz.v1.AuthzService/Login", request, &answer));
    if (answer.token().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~+/=-") !=
        std::string::npos) {
      return base::Internal("the server's token is none a shell may read");
    }
    settings.token = answer.token();
    if (save_) {
      RETURN_IF_ERROR(SaveToken(settings));
      *session.screen.err << "kept in " << TokenPath() << ", until " << TimeText(answer.expires_at()) << '\n';
      return absl::OkStatus();
    }
    if (session.json) return PrintJson(session, answer);
    *session.screen.out << "export CADASTRE_TOKEN=" << answer.token() << '\n';
    *session.screen.err << "valid until " << TimeText(answer.expires_at()) << '\n';
    return absl::OkStatus();
  }

 private:
  std::string user_;
  bool from_stdin_ = false;
  bool save_ = false;
};

class WhoAmI final : public Command {
 public:
  void Declare(Arguments&) override {}

  absl::Status Run(Session& session) override {
    ASSIGN_OR_RETURN(const auto answer, Ask<authz::v1::WhoAmIResponse>(session, "cadastre.authz.v1.AuthzService/WhoAmI",
                                                                       authz::v1::WhoAmIRequest()));
    if (session.json) return PrintJson(session, answer);
    Table table({"PRINCIPAL", answer.principal().id()});
    table.Add({"kind", EnumWord(authz::v1::PrincipalKind_Name(answer.principal().kind()), "PRINCIPAL_KIND_")});
    table.Add({"name", answer.principal().display_name()});
    table.Add({"groups", JoinWords(answer.groups())});
    table.Add({"roles", JoinWords(answer.roles())});
    table.Add({"may somewhere", PrivilegeWords(answer.privileges())});
    table.Print(session.screen);
    return absl::OkStatus();
  }
};

}  // namespace

std::unique_ptr<Command> MakeLogin() { return std::make_unique<Login>(); }
std::unique_ptr<Command> MakeWhoAmI() { return std::make_unique<WhoAmI>(); }

}  // namespace cadastre::cli
