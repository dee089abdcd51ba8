#include "tests/integration/doors_noninterference/world.h"

#include <gtest/gtest.h>

#include <future>
#include <set>
#include <utility>

#include "authz/accounts/policy_store.h"
#include "authz/accounts/policy_tables.h"
#include "base/check.h"
#include "base/status.h"
#include "base/utf8.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "cadastre/privilege/v1/privilege.pb.h"
#include "server/http/endpoints.h"
#include "server/services/event_apply.h"
#include "server/wire/authz_wire.h"
#include "tests/support/governed_world.h"

namespace cadastre::noninterference {
namespace {

constexpr char kCatalog[] = "cadastre.catalog.v1.CatalogService/";
constexpr char kAuthz[] = "cadastre.authz.v1.AuthzService/";
constexpr char kIngest[] = "cadastre.ingest.v1.IngestService/";

server::Config TestConfig() {
  server::Config config;
  config.executor_threads = 1;
  return config;
}

// Fills in the world's own tokens, wherever in the request.
void Substitute(Message& message, const std::string& then, const std::string& last) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->is_repeated()) continue;
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      Substitute(*reflection->MutableMessage(&message, field), then, last);
    } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
      const std::string text = reflection->GetString(message, field);
      if (text == kThenToken) reflection->SetString(&message, field, then);
      if (text == kLastToken) reflection->SetString(&message, field, last);
    }
  }
}

}  // namespace

World::World(const Script& script, const Rules& rules, const Sight* sight) : clock_(TimeOf(0)) {
  auto rooms = server::Rooms::Open(&engine_, &clock_, TestConfig());
  CHECK_OK(rooms.status());
  rooms_ = *std::move(rooms);
  rooms_->Start();
  admin_ = rooms_->house().bootstrap_token();
  PutPeople(rules);
  for (size_t i = 0; i < script.writes.size(); ++i) {
    clock_.Set(TimeOf(i));
    const std::optional<Write> write =
        sight == nullptr ? std::make_optional(script.writes[i]) : Without(script, *sight, i);
    if (write) Do(*write);
    if (i == script.then) then_ = RevisionNow();
  }
  clock_.Set(TimeOf(script.writes.size() + 1));
  PutPolicy(sight == nullptr ? rules.grants : PlainGrants(script, rules, *sight));
  if (sight != nullptr) NoteColumnsByClass(script, *sight);
  clock_.Set(TimeOf(script.writes.size() + 2));
  last_ = RevisionNow();
}

World::~World() { rooms_->Stop(); }

Answer World::CallAs(const std::string& bearer, const std::string& method, const Message& request) {
  const server::Method* const found = rooms_->methods().Find(method);
  CHECK(found != nullptr) << method;
  authz::Call call{};
  call.operation = &found->operation;
  call.bearer = bearer;
  call.peer = "127.0.0.1";
  call.request_id = base::Cat("request-", ++calls_);
  std::promise<Answer> promise;
  found->invoke(std::move(call), request, [&promise](Answer answer) { promise.set_value(std::move(answer)); });
  return promise.get_future().get();
}

template <typename Response, typename Request>
Response World::Must(const std::string& method, const Request& request) {
  const Answer answer = CallAs(admin_, method, request);
  EXPECT_TRUE(answer.ok()) << method << ": " << answer.status() << "\n" << request.DebugString();
  return answer.ok() ? static_cast<const Response&>(**answer) : Response();
}

Answer World::Call(const std::string& method, const Message& request) {
  std::unique_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  Substitute(*copy, then_, last_);
  request_id_ = base::Cat("request-", calls_ + 1);
  Answer answer = CallAs(viewer_, method, *copy);
  if (answer.ok()) StateReadColumns(**answer);
  return answer;
}

void World::NoteColumnsByClass(const Script& script, const Sight& sight) {
  for (size_t i = 0; i < script.assets.size(); ++i) {
    if (!sight.Sees(i) || AllowsAllColumns(script, sight, i)) continue;
    columns_by_class_[script.assets[i].name] = sight.Allows(i, Privilege::kReadColumns);
  }
}

// A grant of a class gives the privilege itself by a label of the asset's own, which the viewer need not see: so where
// columns are granted by class the grants cannot say whether it is held, and the oracle does.
void World::StateReadColumns(Message& answer) const {
  auto* page = dynamic_cast<v1::GetAssetResponse*>(&answer);
  if (page == nullptr) return;
  const auto stated = columns_by_class_.find(NameOf(page->asset().ref()).value_or(AssetName()));
  if (stated == columns_by_class_.end()) return;
  std::set<int> allowed(page->asset().allowed().begin(), page->asset().allowed().end());
  allowed.erase(privilege::v1::PRIVILEGE_READ_COLUMNS);
  if (stated->second) allowed.insert(privilege::v1::PRIVILEGE_READ_COLUMNS);
  page->mutable_asset()->mutable_allowed()->Assign(allowed.begin(), allowed.end());
}

StatusOr<audit::v1::Record> World::LastRecord() {
  audit::v1::ListRecordsRequest request;
  request.set_principal(kViewer);
  request.set_page_size(1);
  const Answer answer = CallAs(admin_, "cadastre.audit.v1.AuditService/ListRecords", request);
  if (!answer.ok()) return answer.status();
  const auto& records = static_cast<const audit::v1::ListRecordsResponse&>(**answer).records();
  if (records.empty()) return base::NotFound("no record of the viewer");
  return records.Get(0);
}

std::string World::TokenOf(const std::string& principal) {
  authz::v1::CreateTokenRequest request;
  request.set_principal(principal);
  request.set_description("for the test");
  return Must<authz::v1::CreateTokenResponse>(std::string(kAuthz) + "CreateToken", request).token();
}

std::string World::RevisionNow() {
  return Must<authz::v1::WhoAmIResponse>(std::string(kAuthz) + "WhoAmI", authz::v1::WhoAmIRequest()).revision();
}

void World::PutPeople(const Rules& rules) {
  // Of namespaces that no asset has: assets are given their environments one by one, and grants may name only what a
  // rule gives.
  for (const std::string& environment : kEnvironments) {
    authz::v1::PutEnvironmentRuleRequest rule;
    rule.mutable_rule()->set_id(environment);
    rule.mutable_rule()->set_namespace_("nowhere://" + environment);
    rule.mutable_rule()->set_environment(environment);
    Must<authz::v1::PutEnvironmentRuleResponse>(std::string(kAuthz) + "PutEnvironmentRule", rule);
  }
  for (const authz::v1::Role& role : rules.roles) {
    authz::v1::PutRoleRequest request;
    *request.mutable_role() = role;
    Must<authz::v1::PutRoleResponse>(std::string(kAuthz) + "PutRole", request);
  }
  authz::v1::PutRoleRequest pushers;
  pushers.mutable_role()->set_id("pushers");
  Must<authz::v1::PutRoleResponse>(std::string(kAuthz) + "PutRole", pushers);
  authz::v1::PutGrantRequest push;
  push.mutable_grant()->set_id("push");
  push.mutable_grant()->set_role("pushers");
  push.mutable_grant()->add_privileges(privilege::v1::PRIVILEGE_PUSH);
  push.mutable_grant()->mutable_scope()->set_namespace_("postgres://*");
  Must<authz::v1::PutGrantResponse>(std::string(kAuthz) + "PutGrant", push);
  std::vector<authz::v1::Principal> principals = rules.principals;
  principals.emplace_back();
  principals.back().set_id(kPusher);
  principals.back().set_kind(authz::v1::PRINCIPAL_KIND_SERVICE);
  principals.back().add_roles("pushers");
  for (const authz::v1::Principal& principal : principals) {
    authz::v1::PutPrincipalRequest request;
    *request.mutable_principal() = principal;
    Must<authz::v1::PutPrincipalResponse>(std::string(kAuthz) + "PutPrincipal", request);
  }
  viewer_ = TokenOf(kViewer);
  pusher_ = TokenOf(kPusher);
}

Status World::Run(std::function<Status(authz::WriteSession&)> handler) {
  authz::Call call{};
  call.operation = &server::kLineageEndpoint;
  call.bearer = admin_;
  std::promise<Status> promise;
  rooms_->front().Write<bool>(
      std::move(call),
      [handler = std::move(handler)](authz::WriteSession& session) -> StatusOr<bool> {
        RETURN_IF_ERROR(handler(session));
        return true;
      },
      [](bool&, Revision) {}, [&promise](const StatusOr<bool>& answer) { promise.set_value(answer.status()); });
  return promise.get_future().get();
}

// In one commit, because there are many; row by row, because a scope may name what is deleted by now.
void World::PutPolicy(const std::vector<authz::v1::Grant>& grants) {
  const Status status = Run([&](authz::WriteSession& session) -> Status {
    for (const authz::v1::Grant& grant : grants) {
      ASSIGN_OR_RETURN(record::Grant record, server::GrantOf(grant));
      ASSIGN_OR_RETURN(const authz::ScopeAssets assets, server::ScopeAssetsOf(grant.scope()));
      const auto id_of = [&](const std::optional<AssetName>& name) {
        return name ? session.FindName(*name).value_or(AssetId()).value() : 0;
      };
      record.mutable_scope()->set_container(id_of(assets.container));
      record.mutable_scope()->set_domain(id_of(assets.domain));
      record.mutable_scope()->set_asset(id_of(assets.asset));
      session.Put(testing_support::RowsOf(session), authz::kGrantTable, authz::IdKey(grant.id()), record);
    }
    session.log().set_policy(true);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

void World::Do(const Crawl& crawl) {
  const std::string ingest = kIngest;
  ingest::v1::BeginCrawlRequest begin;
  *begin.mutable_source() = RefOf(crawl.source);
  begin.set_holder("crawler:" + crawl.source.name);
  // Over before the next write.
  begin.mutable_lease()->set_seconds(10);
  const int64_t number = Must<ingest::v1::BeginCrawlResponse>(ingest + "BeginCrawl", begin).crawl();
  ingest::v1::FinishCrawlRequest finish;
  const auto report = [&](const std::string& scope) {
    ingest::v1::ScopeReport* one = finish.add_scopes();
    one->set_scope(scope);
    one->set_state(ingest::v1::SCOPE_STATE_COMPLETE);
    one->set_seen(crawl.counted.value_or(0));
  };
  for (const auto& [scope, names] : crawl.seen) {
    report(scope);
    ingest::v1::RecordCrawledObjectsRequest request;
    *request.mutable_source() = RefOf(crawl.source);
    request.set_crawl(number);
    request.set_scope(scope);
    request.set_tool("postgres");
    for (const AssetName& name : names) {
      ingest::v1::CrawledObject* object = request.add_objects();
      *object->mutable_asset() = RefOf(name);
      object->set_source_id(std::string(base::Utf8Prefix(name.name, 10)));
      object->set_digest("digest");
    }
    if (names.empty()) continue;
    const auto recorded = Must<ingest::v1::RecordCrawledObjectsResponse>(ingest + "RecordCrawledObjects", request);
    EXPECT_TRUE(recorded.rejected().empty()) << recorded.DebugString();
  }
  for (const auto& [scope, names] : crawl.missed) {
    ingest::v1::MissCrawledObjectsRequest request;
    *request.mutable_source() = RefOf(crawl.source);
    request.set_crawl(number);
    request.set_scope(scope);
    request.set_tool("postgres");
    request.set_allow_missed(1000);
    for (const AssetName& name : names) *request.add_assets() = RefOf(name);
    if (names.empty()) continue;
    const auto missed = Must<ingest::v1::MissCrawledObjectsResponse>(ingest + "MissCrawledObjects", request);
    EXPECT_EQ(missed.missed(), static_cast<int64_t>(names.size()));
  }
  if (!crawl.counted) return;
  *finish.mutable_source() = RefOf(crawl.source);
  finish.set_crawl(number);
  finish.set_state(ingest::v1::CRAWL_STATE_COMPLETE);
  Must<ingest::v1::FinishCrawlResponse>(ingest + "FinishCrawl", finish);
}

void World::Do(const Write& write) {
  if (const auto* crawl = std::get_if<Crawl>(&write)) return Do(*crawl);
  if (const auto* statement = std::get_if<Statement>(&write)) {
    const Answer answer =
        CallAs(statement->claimed ? pusher_ : admin_, std::string(kCatalog) + "UpsertAspects", statement->request);
    // The service may not push everywhere; what it is refused is refused in every world.
    EXPECT_TRUE(answer.ok() || (statement->claimed && !absl::IsInvalidArgument(answer.status()))) << answer.status();
    return;
  }
  if (const auto* event = std::get_if<openlineage::MappedEvent>(&write)) {
    const Status status =
        Run([event](authz::WriteSession& session) { return server::ApplyEvent(session, *event).status(); });
    EXPECT_TRUE(status.ok()) << status;
    return;
  }
  if (const auto* life = std::get_if<Lifecycle>(&write)) {
    v1::DeleteAssetRequest gone;
    *gone.mutable_asset() = RefOf(life->asset);
    v1::RestoreAssetRequest back;
    *back.mutable_asset() = RefOf(life->asset);
    if (life->deleted) {
      Must<v1::DeleteAssetResponse>(std::string(kCatalog) + "DeleteAsset", gone);
    } else {
      Must<v1::RestoreAssetResponse>(std::string(kCatalog) + "RestoreAsset", back);
    }
    return;
  }
  const auto& environment = std::get<Environment>(write);
  const Status status = Run([&environment](authz::WriteSession& session) -> Status {
    const std::optional<AssetId> id = session.FindName(environment.asset);
    if (!id) return base::NotFound("no such asset");
    ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(*id));
    header.mutable_labels()->set_environment(environment.word);
    return session.SetHeader(testing_support::RowsOf(session), *id, std::move(header));
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace cadastre::noninterference
