// cadastre login, logout, passwd and whoami.
#include "base/status.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cli/client_words.h"
#include "cli/commands/makers.h"
#include "cli/deleting.h"
#include "cli/inputs.h"
#include "cli/password.h"
#include "cli/table.h"
#include "cli/words.h"
#include "cli/writing.h"

namespace cadastre::cli {
namespace {

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
    ASSIGN_OR_RETURN(*request.mutable_password(), AskPassword(session, "Password", from_stdin_));
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

class Logout final : public Command {
 public:
  void Declare(Arguments&) override {}

  absl::Status Run(Session& session) override {
    if (session.settings.token.empty()) return base::FailedPrecondition("nobody is logged in: there is no token");
    // The kept token goes even where the server cannot be told, which then says why.
    ASSIGN_OR_RETURN(const bool forgotten, ForgetToken(session.settings.token));
    // Without an id: the token that the call came with.
    RETURN_IF_ERROR(Ask<authz::v1::RevokeTokenResponse>(session, "cadastre.authz.v1.AuthzService/RevokeToken",
                                                        authz::v1::RevokeTokenRequest())
                        .status());
    *session.screen.err << (forgotten ? "logged out\n" : "the token is revoked; CADASTRE_TOKEN still holds it\n");
    return absl::OkStatus();
  }
};

class Passwd final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Flag("--password-stdin", &from_stdin_,
                   "Read the old and the new password from the input's first two lines");
    DeclareCheck(arguments, &validate_only_);
  }

  absl::Status Run(Session& session) override {
    authz::v1::ChangePasswordRequest request;
    ASSIGN_OR_RETURN(*request.mutable_old_password(), AskPassword(session, "Password", from_stdin_));
    ASSIGN_OR_RETURN(*request.mutable_new_password(), AskNewPassword(session, from_stdin_));
    request.set_validate_only(validate_only_);
    ASSIGN_OR_RETURN(const auto answer, Ask<authz::v1::ChangePasswordResponse>(
                                            session, "cadastre.authz.v1.AuthzService/ChangePassword", request));
    return TellWritten(session, answer, validate_only_ ? "checked" : "changed");
  }

 private:
  bool from_stdin_ = false;
  bool validate_only_ = false;
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
std::unique_ptr<Command> MakeLogout() { return std::make_unique<Logout>(); }
std::unique_ptr<Command> MakePasswd() { return std::make_unique<Passwd>(); }
std::unique_ptr<Command> MakeWhoAmI() { return std::make_unique<WhoAmI>(); }

}  // namespace cadastre::cli
