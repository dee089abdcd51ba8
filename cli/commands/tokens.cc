// cadastre tokens create, list and revoke.
#include "base/status.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/paging.h"
#include "cli/table.h"
#include "cli/writing.h"

namespace cadastre::cli {
namespace {

constexpr int64_t kDaySeconds = 86'400;

class Create final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Option("--for", &principal_, "Another principal, such as a service account; oneself without it");
    arguments.Option("--description", &description_, "What it is for");
    arguments.Number("--days", &days_, "Days it lives, 1 to 400; the server's default without it");
  }

  absl::Status Run(Session& session) override {
    authz::v1::CreateTokenRequest request;
    request.set_principal(principal_);
    request.set_description(description_);
    if (days_ != 0) request.mutable_lifetime()->set_seconds(days_ * kDaySeconds);
    ASSIGN_OR_RETURN(const auto answer, Ask<authz::v1::CreateTokenResponse>(
                                            session, "cadastre.authz.v1.AuthzService/CreateToken", request));
    if (session.json) return PrintJson(session, answer);
    *session.screen.out << ShownText(answer.token()) << '\n';
    *session.screen.err << "token " << ShownText(answer.info().id()) << " of " << ShownText(answer.info().principal())
                        << ", until " << TimeText(answer.info().expires_at()) << "; it is not shown again\n";
    return absl::OkStatus();
  }

 private:
  std::string principal_, description_;
  int32_t days_ = 0;
};

class List final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Option("--for", &principal_, "Another principal; oneself without it");
    page_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    authz::v1::ListTokensRequest request;
    request.set_principal(principal_);
    ASSIGN_OR_RETURN(const auto answer, AskPages<authz::v1::ListTokensResponse>(
                                            session, "cadastre.authz.v1.AuthzService/ListTokens", request, page_));
    if (session.json) return PrintJson(session, answer);
    Table table({"TOKEN", "PRINCIPAL", "CREATED", "EXPIRES", "KIND", "DESCRIPTION"});
    for (const authz::v1::Token& token : answer.tokens()) {
      table.Add({{token.id(), Paint::kBold},
                 token.principal(),
                 TimeText(token.created_at()),
                 TimeText(token.expires_at()),
                 token.session() ? "session" : "API",
                 token.description()});
    }
    table.Print(session.screen);
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  std::string principal_;
  Page page_;
};

class Revoke final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("TOKEN_ID", &id_, "The id that tokens list shows, not the token itself");
  }

  absl::Status Run(Session& session) override {
    authz::v1::RevokeTokenRequest request;
    request.set_id(id_);
    ASSIGN_OR_RETURN(const auto answer, Ask<authz::v1::RevokeTokenResponse>(
                                            session, "cadastre.authz.v1.AuthzService/RevokeToken", request));
    return TellWritten(session, answer, "revoked");
  }

 private:
  std::string id_;
};

}  // namespace

std::unique_ptr<Command> MakeTokensCreate() { return std::make_unique<Create>(); }
std::unique_ptr<Command> MakeTokensList() { return std::make_unique<List>(); }
std::unique_ptr<Command> MakeTokensRevoke() { return std::make_unique<Revoke>(); }

}  // namespace cadastre::cli
