// cadastre environments: which namespaces are production, staging and so on.
#include "base/status.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cli/commands/makers.h"
#include "cli/deleting.h"
#include "cli/paging.h"
#include "cli/table.h"
#include "cli/writing.h"

namespace cadastre::cli {
namespace {

class EnvironmentsPut final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("RULE", &id_, "The rule's id");
    arguments.Positional("NAMESPACE", &namespace_, "A namespace, or the begin of some and * at the end");
    arguments.Positional("ENVIRONMENT", &environment_, "For example production");
    DeclareCheck(arguments, &validate_only_);
  }

  absl::Status Run(Session& session) override {
    authz::v1::PutEnvironmentRuleRequest request;
    request.mutable_rule()->set_id(id_);
    request.mutable_rule()->set_namespace_(namespace_);
    request.mutable_rule()->set_environment(environment_);
    request.set_validate_only(validate_only_);
    for (const char* field : {"namespace", "environment"}) request.mutable_update_mask()->add_paths(field);
    ASSIGN_OR_RETURN(const auto answer, Ask<authz::v1::PutEnvironmentRuleResponse>(
                                            session, "cadastre.authz.v1.AuthzService/PutEnvironmentRule", request));
    return TellWritten(session, answer, "written");
  }

 private:
  std::string id_, namespace_, environment_;
  bool validate_only_ = false;
};

class EnvironmentsList final : public Command {
 public:
  void Declare(Arguments& arguments) override { page_.Declare(arguments); }

  absl::Status Run(Session& session) override {
    authz::v1::ListEnvironmentRulesRequest request;
    ASSIGN_OR_RETURN(const auto answer,
                     AskPages<authz::v1::ListEnvironmentRulesResponse>(
                         session, "cadastre.authz.v1.AuthzService/ListEnvironmentRules", request, page_));
    if (session.json) return PrintJson(session, answer);
    Table table({"RULE", "NAMESPACE", "ENVIRONMENT"});
    for (const authz::v1::EnvironmentRule& rule : answer.rules()) {
      table.Add({{rule.id(), Paint::kBold}, rule.namespace_(), rule.environment()});
    }
    table.Print(session.screen);
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  Page page_;
};

}  // namespace

std::unique_ptr<Command> MakeEnvironmentsPut() { return std::make_unique<EnvironmentsPut>(); }
std::unique_ptr<Command> MakeEnvironmentsList() { return std::make_unique<EnvironmentsList>(); }
std::unique_ptr<Command> MakeEnvironmentsDelete() {
  using Delete = DeleteById<authz::v1::DeleteEnvironmentRuleRequest, authz::v1::DeleteEnvironmentRuleResponse>;
  return std::make_unique<Delete>("cadastre.authz.v1.AuthzService/DeleteEnvironmentRule", "RULE");
}

}  // namespace cadastre::cli
