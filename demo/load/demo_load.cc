#include "demo/load/demo_load.h"

#include <google/protobuf/struct.pb.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "base/status.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cli/aspect_text.h"
#include "cli/client_words.h"
#include "cli/inputs.h"
#include "cli/pushing.h"

namespace cadastre::demo {
namespace {

using namespace cadastre::cli;  // NOLINT: a command of the same making, in a room of its own
using google::protobuf::ListValue;
using google::protobuf::Struct;

constexpr char kPipelines[] = "pipelines";
constexpr size_t kUpsertsMax = 1000;
constexpr int64_t kTokenSeconds = 3600;

class DemoLoad final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("DIR", &folder_, "What cadastre-demo-events wrote: events.ndjson and governance.json");
    arguments.Option("--logins", &logins_, "Write here who can log in; DIR/demo.logins without it");
    arguments.Flag("--http", &http_, "Push by HTTP batches, also where a gRPC address is known");
  }

  absl::Status Run(Session& session) override {
    ASSIGN_OR_RETURN(const std::string text, ReadAll(session, "DIR", folder_ + "/governance.json"));
    RETURN_IF_ERROR(ReadJson("DIR/governance.json", text, &governance_));
    RETURN_IF_ERROR(PutPolicy(session));
    RETURN_IF_ERROR(PushEvents(session));
    RETURN_IF_ERROR(Upsert(session, false));
    const std::string logins = logins_.empty() ? folder_ + "/demo.logins" : logins_;
    RETURN_IF_ERROR(WriteFile(logins, Logins(), 0600));
    *session.screen.out << "who can log in stands in " << logins << '\n';
    return absl::OkStatus();
  }

 private:
  const ListValue& Members(const char* name) const {
    static const ListValue kNone;
    const auto found = governance_.fields().find(name);
    return found == governance_.fields().end() ? kNone : found->second.list_value();
  }

  // Reads element `index` of `member` as a message.
  template <typename Message>
  absl::Status Read(const char* member, int index, Message* message) const {
    return ReadJson(base::Cat("governance.json ", member, "[", index, "]"),
                    CompactJson(Members(member).values(index).struct_value()), message);
  }

  template <typename Response, typename Request, typename Fill>
  absl::Status PutAll(Session& session, const char* member, const char* method, const Fill& fill) const {
    Progress progress(session.screen, member, static_cast<uint64_t>(Members(member).values_size()));
    for (int i = 0; i < Members(member).values_size(); ++i) {
      Request request;
      RETURN_IF_ERROR(Read(member, i, fill(request)));
      const absl::StatusOr<Response> answer = Ask<Response>(session, method, request);
      if (!answer.ok()) return base::WithinField(base::Cat(member, "[", i, "]"), answer.status());
      progress.Show(static_cast<uint64_t>(i) + 1, "");
    }
    *session.screen.out << Members(member).values_size() << ' ' << member << '\n';
    return absl::OkStatus();
  }

  absl::Status PutPolicy(Session& session) const {
    using authz::v1::PutGrantRequest;
    using authz::v1::PutPrincipalRequest;
    using authz::v1::PutRoleRequest;
    RETURN_IF_ERROR(
        (PutAll<authz::v1::PutRoleResponse, PutRoleRequest>(session, "roles", "cadastre.authz.v1.AuthzService/PutRole",
                                                            [](PutRoleRequest& put) { return put.mutable_role(); })));
    RETURN_IF_ERROR(Upsert(session, true));
    RETURN_IF_ERROR((PutAll<authz::v1::PutGrantResponse, PutGrantRequest>(
        session, "grants", "cadastre.authz.v1.AuthzService/PutGrant",
        [](PutGrantRequest& put) { return put.mutable_grant(); })));
    return PutAll<authz::v1::PutPrincipalResponse, PutPrincipalRequest>(session, "principals",
                                                                        "cadastre.authz.v1.AuthzService/PutPrincipal",
                                                                        [](PutPrincipalRequest& put) { return &put; });
  }

  // As the service account itself, so that the demo's sources are what they would be in earnest. Its token is revoked.
  absl::Status PushEvents(Session& session) const {
    std::ifstream events(folder_ + "/events.ndjson", std::ios::binary);
    if (!events) return base::InvalidField("DIR", base::Cat("a folder with events.ndjson, not ", folder_));
    PushRequestOptions options;
    options.http = http_;
    EventSource count(events);
    while (count.Next().has_value()) ++options.events;
    events.clear();
    events.seekg(0);
    authz::v1::CreateTokenRequest create;
    create.set_principal(kPipelines);
    create.set_description("loads the demo's events");
    create.mutable_lifetime()->set_seconds(kTokenSeconds);
    ASSIGN_OR_RETURN(const auto token, Ask<authz::v1::CreateTokenResponse>(
                                           session, "cadastre.authz.v1.AuthzService/CreateToken", create));
    Settings as_pipelines = session.settings;
    as_pipelines.token = token.token();
    const absl::Status pushed = PushAndTell(session, as_pipelines, events, options);
    authz::v1::RevokeTokenRequest revoke;
    revoke.set_id(token.info().id());
    const absl::Status revoked =
        Ask<authz::v1::RevokeTokenResponse>(session, "cadastre.authz.v1.AuthzService/RevokeToken", revoke).status();
    return pushed.ok() ? revoked : pushed;
  }

  // Grants name domains, and a grant may only name what exists: so what is said of domains comes before them.
  absl::Status Upsert(Session& session, bool domains) const {
    std::vector<int> chosen;
    for (int i = 0; i < Members("upserts").values_size(); ++i) {
      catalog::v1::AspectUpsert upsert;
      RETURN_IF_ERROR(Read("upserts", i, &upsert));
      if ((upsert.asset().kind() == "domain") == domains) chosen.push_back(i);
    }
    Progress progress(session.screen, "statements", chosen.size());
    for (size_t from = 0; from < chosen.size(); from += kUpsertsMax) {
      catalog::v1::UpsertAspectsRequest request;
      for (size_t i = from; i < std::min(chosen.size(), from + kUpsertsMax); ++i) {
        RETURN_IF_ERROR(Read("upserts", chosen[i], request.add_upserts()));
      }
      ASSIGN_OR_RETURN(const auto answer, Ask<catalog::v1::UpsertAspectsResponse>(
                                              session, "cadastre.catalog.v1.CatalogService/UpsertAspects", request));
      if (answer.claims_size() > 0) *session.screen.err << answer.claims_size() << " statements are claims only\n";
      progress.Show(from + static_cast<uint64_t>(request.upserts_size()), "");
    }
    *session.screen.out << chosen.size() << (domains ? " statements about domains\n" : " statements\n");
    return absl::OkStatus();
  }

  // Who has a password in the demo, one a line.
  std::string Logins() const {
    std::ostringstream out;
    for (const google::protobuf::Value& value : Members("principals").values()) {
      const auto& put = value.struct_value().fields();
      const auto password = put.find("password");
      const auto principal = put.find("principal");
      if (password == put.end() || principal == put.end()) continue;
      const auto& person = principal->second.struct_value().fields();
      const auto id = person.find("id");
      const auto name = person.find("displayName");
      if (id == person.end()) continue;
      out << "  " << id->second.string_value() << " / " << password->second.string_value();
      if (name != person.end()) out << "   " << name->second.string_value();
      out << '\n';
    }
    return out.str();
  }

  std::string folder_, logins_;
  bool http_ = false;
  Struct governance_;
};

}  // namespace

std::unique_ptr<cli::Command> MakeDemoLoad() { return std::make_unique<DemoLoad>(); }

}  // namespace cadastre::demo
