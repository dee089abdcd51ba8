// cadastre principals, roles and grants: put as JSON, list, delete.
#include "base/status.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cli/aspect_text.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/paging.h"
#include "cli/table.h"
#include "cli/words.h"
#include "cli/writing.h"

namespace cadastre::cli {
namespace {

// Puts one message, given as its JSON.
template <typename Request, typename Response>
class Put final : public Command {
 public:
  using Read = absl::Status (*)(const std::string& json, Request& request);
  Put(const char* method, const char* help, Read read) : method_(method), help_(help), read_(read) {}

  void Declare(Arguments& arguments) override { arguments.Positional("JSON", &json_, help_); }

  absl::Status Run(Session& session) override {
    std::string json = json_;
    if (json == "-") {
      ASSIGN_OR_RETURN(json, ReadAll(session, "JSON", "-"));
    }
    Request request;
    RETURN_IF_ERROR(read_(json, request));
    ASSIGN_OR_RETURN(const Response answer, Ask<Response>(session, method_, request));
    return TellWritten(session, answer, "written");
  }

 private:
  const char* method_;
  const char* help_;
  const Read read_;
  std::string json_;
};

class RolesList final : public Command {
 public:
  void Declare(Arguments& arguments) override { page_.Declare(arguments); }

  absl::Status Run(Session& session) override {
    authz::v1::ListRolesRequest request;
    page_.Fill(request);
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<authz::v1::ListRolesResponse>(session, "cadastre.authz.v1.AuthzService/ListRoles", request));
    if (session.json) return PrintJson(session, answer);
    Table table({"ROLE", "INHERITS", "DESCRIPTION"});
    for (const authz::v1::Role& role : answer.roles()) {
      table.Add({{role.id(), Paint::kBold}, JoinWords(role.inherits()), role.description()});
    }
    table.Print(session.screen);
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  Page page_;
};

class GrantsList final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Option("--role", &role_, "Those of this role alone");
    page_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    authz::v1::ListGrantsRequest request;
    request.set_role(role_);
    page_.Fill(request);
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<authz::v1::ListGrantsResponse>(session, "cadastre.authz.v1.AuthzService/ListGrants", request));
    if (session.json) return PrintJson(session, answer);
    Table table({"GRANT", "ROLE", "", "PRIVILEGES", "ON"});
    for (const authz::v1::Grant& grant : answer.grants()) {
      const std::string scope = CompactJson(grant.scope());
      table.Add({{grant.id(), Paint::kBold},
                 grant.role(),
                 grant.deny() ? Cell("deny", Paint::kBad) : Cell("allow", Paint::kGood),
                 PrivilegeWords(grant.privileges()),
                 scope == "{}" ? "everything" : scope});
    }
    table.Print(session.screen);
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  std::string role_;
  Page page_;
};

class GrantsDelete final : public Command {
 public:
  void Declare(Arguments& arguments) override { arguments.Positional("GRANT", &id_, "The grant's id"); }

  absl::Status Run(Session& session) override {
    authz::v1::DeleteGrantRequest request;
    request.set_id(id_);
    ASSIGN_OR_RETURN(const auto answer, Ask<authz::v1::DeleteGrantResponse>(
                                            session, "cadastre.authz.v1.AuthzService/DeleteGrant", request));
    return TellWritten(session, answer, "deleted");
  }

 private:
  std::string id_;
};

}  // namespace

std::unique_ptr<Command> MakePrincipalsPut() {
  using PutPrincipal = Put<authz::v1::PutPrincipalRequest, authz::v1::PutPrincipalResponse>;
  return std::make_unique<PutPrincipal>(
      "cadastre.authz.v1.AuthzService/PutPrincipal",
      R"({"principal": {"id": "kim", "kind": "PRINCIPAL_KIND_PERSON", …}, "password": "…"}; - reads it from the input)",
      [](const std::string& json, authz::v1::PutPrincipalRequest& request) {
        return ReadJson("JSON", json, &request);
      });
}

std::unique_ptr<Command> MakeRolesPut() {
  using PutRole = Put<authz::v1::PutRoleRequest, authz::v1::PutRoleResponse>;
  return std::make_unique<PutRole>("cadastre.authz.v1.AuthzService/PutRole",
                                   R"({"id": "analyst", "inherits": [], …}; - reads it from the input)",
                                   [](const std::string& json, authz::v1::PutRoleRequest& request) {
                                     return ReadJson("JSON", json, request.mutable_role());
                                   });
}

std::unique_ptr<Command> MakeGrantsPut() {
  using PutGrant = Put<authz::v1::PutGrantRequest, authz::v1::PutGrantResponse>;
  return std::make_unique<PutGrant>(
      "cadastre.authz.v1.AuthzService/PutGrant",
      R"({"id": "g1", "role": "analyst", "privileges": ["PRIVILEGE_READ"], "scope": {…}}; - reads it from the input)",
      [](const std::string& json, authz::v1::PutGrantRequest& request) {
        return ReadJson("JSON", json, request.mutable_grant());
      });
}

std::unique_ptr<Command> MakeRolesList() { return std::make_unique<RolesList>(); }
std::unique_ptr<Command> MakeGrantsList() { return std::make_unique<GrantsList>(); }
std::unique_ptr<Command> MakeGrantsDelete() { return std::make_unique<GrantsDelete>(); }

}  // namespace cadastre::cli
