// cadastre principals, roles and grants: put as JSON, get, list, delete.
#include "base/status.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cli/aspect_text.h"
#include "cli/commands/makers.h"
#include "cli/deleting.h"
#include "cli/inputs.h"
#include "cli/paging.h"
#include "cli/password.h"
#include "cli/table.h"
#include "cli/words.h"
#include "cli/writing.h"

namespace cadastre::cli {
namespace {

// `-` reads the input.
absl::StatusOr<std::string> JsonArgument(Session& session, const std::string& argument) {
  if (argument == "-") return ReadAll(session, "JSON", "-");
  return argument;
}

// Puts one message, given as its JSON.
template <typename Request, typename Response>
class Put final : public Command {
 public:
  using Read = absl::Status (*)(const std::string& json, Request& request);
  Put(const char* method, const char* help, Read read) : method_(method), help_(help), read_(read) {}

  void Declare(Arguments& arguments) override {
    arguments.Positional("JSON", &json_, help_);
    DeclareCheck(arguments, &validate_only_);
  }

  absl::Status Run(Session& session) override {
    Request request;
    ASSIGN_OR_RETURN(const std::string json, JsonArgument(session, json_));
    RETURN_IF_ERROR(read_(json, request));
    if (validate_only_) request.set_validate_only(true);
    ASSIGN_OR_RETURN(const Response answer, Ask<Response>(session, method_, request));
    return TellWritten(session, answer, "written");
  }

 private:
  const char* method_;
  const char* help_;
  const Read read_;
  std::string json_;
  bool validate_only_ = false;
};

class PrincipalsPut final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional(
        "JSON", &json_,
        R"({"principal": {"id": "kim", "kind": "person", "roles": ["analyst"]}}; - reads it from the input)");
    arguments.Flag("--password", &ask_, "Ask for a password of the principal, without echo");
    arguments.Flag("--password-stdin", &from_stdin_, "Read the password from the input's first line");
    DeclareCheck(arguments, &validate_only_);
  }

  absl::Status Run(Session& session) override {
    if (json_ == "-" && from_stdin_) return base::InvalidField("--password-stdin", "given only where JSON is no -");
    authz::v1::PutPrincipalRequest request;
    ASSIGN_OR_RETURN(const std::string json, JsonArgument(session, json_));
    RETURN_IF_ERROR(ReadJson("JSON", json, &request));
    if (validate_only_) request.set_validate_only(true);
    const auto told = FieldsToldOf(json, *authz::v1::Principal::descriptor(), "principal");
    if (!request.has_update_mask() && told.paths_size() > 0) *request.mutable_update_mask() = told;
    if (json_ != "-" && !request.password().empty()) {
      return base::InvalidField(
          "JSON",
          "no password among the arguments, which other users of this machine see: --password, --password-stdin or -");
    }
    if (ask_ || from_stdin_) {
      ASSIGN_OR_RETURN(*request.mutable_password(), AskNewPassword(session, from_stdin_));
    }
    ASSIGN_OR_RETURN(const auto answer, Ask<authz::v1::PutPrincipalResponse>(
                                            session, "cadastre.authz.v1.AuthzService/PutPrincipal", request));
    return TellWritten(session, answer, "written");
  }

 private:
  std::string json_;
  bool ask_ = false;
  bool from_stdin_ = false;
  bool validate_only_ = false;
};

class PrincipalsGet final : public Command {
 public:
  void Declare(Arguments& arguments) override { arguments.Positional("PRINCIPAL", &id_, "Its id"); }

  absl::Status Run(Session& session) override {
    authz::v1::GetPrincipalRequest request;
    request.set_id(id_);
    ASSIGN_OR_RETURN(const auto answer, Ask<authz::v1::GetPrincipalResponse>(
                                            session, "cadastre.authz.v1.AuthzService/GetPrincipal", request));
    if (session.json) return PrintJson(session, answer);
    const authz::v1::Principal& principal = answer.principal();
    Table table({"PRINCIPAL", principal.id()});
    table.Add({"kind", EnumWord(authz::v1::PrincipalKind_Name(principal.kind()), "PRINCIPAL_KIND_")});
    table.Add({"name", principal.display_name()});
    table.Add({"email", principal.email()});
    table.Add({"groups", JoinWords(principal.groups())});
    table.Add({"roles", JoinWords(principal.roles())});
    if (principal.disabled()) table.Add({"disabled", "yes"});
    table.Print(session.screen);
    return absl::OkStatus();
  }

 private:
  std::string id_;
};

class PrincipalsList final : public Command {
 public:
  void Declare(Arguments& arguments) override { page_.Declare(arguments); }

  absl::Status Run(Session& session) override {
    ASSIGN_OR_RETURN(const auto answer, AskPages<authz::v1::ListPrincipalsResponse>(
                                            session, "cadastre.authz.v1.AuthzService/ListPrincipals",
                                            authz::v1::ListPrincipalsRequest(), page_));
    if (session.json) return PrintJson(session, answer);
    Table table({"PRINCIPAL", "KIND", "NAME", "GROUPS", "ROLES", ""});
    for (const authz::v1::Principal& principal : answer.principals()) {
      table.Add({{principal.id(), Paint::kBold},
                 EnumWord(authz::v1::PrincipalKind_Name(principal.kind()), "PRINCIPAL_KIND_"),
                 principal.display_name(),
                 JoinWords(principal.groups()),
                 JoinWords(principal.roles()),
                 principal.disabled() ? Cell("disabled", Paint::kWarn) : Cell("")});
    }
    table.Print(session.screen);
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  Page page_;
};

class RolesGet final : public Command {
 public:
  void Declare(Arguments& arguments) override { arguments.Positional("ROLE", &id_, "Its id"); }

  absl::Status Run(Session& session) override {
    authz::v1::GetRoleRequest request;
    request.set_id(id_);
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<authz::v1::GetRoleResponse>(session, "cadastre.authz.v1.AuthzService/GetRole", request));
    if (session.json) return PrintJson(session, answer);
    Table table({"ROLE", answer.role().id()});
    table.Add({"inherits", JoinWords(answer.role().inherits())});
    table.Add({"description", answer.role().description()});
    table.Print(session.screen);
    return absl::OkStatus();
  }

 private:
  std::string id_;
};

class RolesList final : public Command {
 public:
  void Declare(Arguments& arguments) override { page_.Declare(arguments); }

  absl::Status Run(Session& session) override {
    authz::v1::ListRolesRequest request;
    ASSIGN_OR_RETURN(const auto answer, AskPages<authz::v1::ListRolesResponse>(
                                            session, "cadastre.authz.v1.AuthzService/ListRoles", request, page_));
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

std::string ScopeText(const authz::v1::Grant& grant) {
  const std::string scope = CompactJson(grant.scope());
  return scope == "{}" ? "everything" : scope;
}

class GrantsList final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Option("--role", &role_, "Those of this role alone");
    page_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    authz::v1::ListGrantsRequest request;
    request.set_role(role_);
    ASSIGN_OR_RETURN(const auto answer, AskPages<authz::v1::ListGrantsResponse>(
                                            session, "cadastre.authz.v1.AuthzService/ListGrants", request, page_));
    if (session.json) return PrintJson(session, answer);
    Table table({"GRANT", "ROLE", "", "PRIVILEGES", "ON"});
    for (const authz::v1::Grant& grant : answer.grants()) {
      table.Add({{grant.id(), Paint::kBold},
                 grant.role(),
                 grant.deny() ? Cell("deny", Paint::kBad) : Cell("allow", Paint::kGood),
                 PrivilegeWords(grant.privileges()),
                 ScopeText(grant)});
    }
    table.Print(session.screen);
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  std::string role_;
  Page page_;
};

class GrantsGet final : public Command {
 public:
  void Declare(Arguments& arguments) override { arguments.Positional("GRANT", &id_, "Its id"); }

  absl::Status Run(Session& session) override {
    authz::v1::GetGrantRequest request;
    request.set_id(id_);
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<authz::v1::GetGrantResponse>(session, "cadastre.authz.v1.AuthzService/GetGrant", request));
    if (session.json) return PrintJson(session, answer);
    const authz::v1::Grant& grant = answer.grant();
    Table table({"GRANT", grant.id()});
    table.Add({"role", grant.role()});
    table.Add({"", grant.deny() ? Cell("deny", Paint::kBad) : Cell("allow", Paint::kGood)});
    table.Add({"privileges", PrivilegeWords(grant.privileges())});
    table.Add({"on", ScopeText(grant)});
    table.Print(session.screen);
    return absl::OkStatus();
  }

 private:
  std::string id_;
};

}  // namespace

std::unique_ptr<Command> MakePrincipalsPut() { return std::make_unique<PrincipalsPut>(); }

std::unique_ptr<Command> MakeRolesPut() {
  using PutRole = Put<authz::v1::PutRoleRequest, authz::v1::PutRoleResponse>;
  return std::make_unique<PutRole>("cadastre.authz.v1.AuthzService/PutRole",
                                   R"({"id": "analyst", "inherits": [], …}; - reads it from the input)",
                                   [](const std::string& json, authz::v1::PutRoleRequest& request) {
                                     RETURN_IF_ERROR(ReadJson("JSON", json, request.mutable_role()));
                                     const auto told = FieldsToldOf(json, *authz::v1::Role::descriptor());
                                     if (told.paths_size() > 0) *request.mutable_update_mask() = told;
                                     return absl::OkStatus();
                                   });
}

std::unique_ptr<Command> MakeGrantsPut() {
  using PutGrant = Put<authz::v1::PutGrantRequest, authz::v1::PutGrantResponse>;
  return std::make_unique<PutGrant>(
      "cadastre.authz.v1.AuthzService/PutGrant",
      R"({"id": "g1", "role": "analyst", "privileges": ["read"], "scope": {…}}; - reads it from the input)",
      [](const std::string& json, authz::v1::PutGrantRequest& request) {
        RETURN_IF_ERROR(ReadJson("JSON", json, request.mutable_grant()));
        const auto told = FieldsToldOf(json, *authz::v1::Grant::descriptor());
        if (told.paths_size() > 0) *request.mutable_update_mask() = told;
        return absl::OkStatus();
      });
}

std::unique_ptr<Command> MakePrincipalsGet() { return std::make_unique<PrincipalsGet>(); }
std::unique_ptr<Command> MakePrincipalsList() { return std::make_unique<PrincipalsList>(); }
std::unique_ptr<Command> MakeRolesGet() { return std::make_unique<RolesGet>(); }
std::unique_ptr<Command> MakeRolesList() { return std::make_unique<RolesList>(); }
std::unique_ptr<Command> MakeGrantsList() { return std::make_unique<GrantsList>(); }
std::unique_ptr<Command> MakeGrantsGet() { return std::make_unique<GrantsGet>(); }

std::unique_ptr<Command> MakePrincipalsDelete() {
  using Delete = DeleteById<authz::v1::DeletePrincipalRequest, authz::v1::DeletePrincipalResponse>;
  return std::make_unique<Delete>("cadastre.authz.v1.AuthzService/DeletePrincipal", "PRINCIPAL");
}
std::unique_ptr<Command> MakeRolesDelete() {
  using Delete = DeleteById<authz::v1::DeleteRoleRequest, authz::v1::DeleteRoleResponse>;
  return std::make_unique<Delete>("cadastre.authz.v1.AuthzService/DeleteRole", "ROLE");
}
std::unique_ptr<Command> MakeGrantsDelete() {
  using Delete = DeleteById<authz::v1::DeleteGrantRequest, authz::v1::DeleteGrantResponse>;
  return std::make_unique<Delete>("cadastre.authz.v1.AuthzService/DeleteGrant", "GRANT");
}

}  // namespace cadastre::cli
