#include "bench/world_load.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "bench/clock.h"
#include "bench/event_text.h"
#include "bench/grpc_client.h"
#include "bench/world/policy.h"
#include "cadastre/authz/v1/authz.grpc.pb.h"
#include "cadastre/catalog/v1/catalog.grpc.pb.h"
#include "cadastre/search/v1/search.grpc.pb.h"

namespace cadastre::bench {
namespace {

namespace a1 = authz::v1;
namespace c1 = catalog::v1;
namespace s1 = search::v1;

constexpr int kLabellers = 4;
constexpr double kIndexWithinSeconds = 3'600;
constexpr uint64_t kAssetsARequest = 50;
constexpr std::chrono::milliseconds kPatience{500};

std::string Person(uint64_t number) { return base::Cat("person-", number); }
std::string Group(uint64_t number) { return base::Cat("group-", number); }
std::string RoleId(uint64_t number) { return base::Cat("role-", number); }
std::string Tag(uint64_t number) { return base::Cat("tag-", number); }

void SetRef(const base::AssetName& name, c1::AssetRef* ref) {
  ref->set_kind(std::string(base::AssetKindWord(name.kind)));
  ref->set_namespace_(name.ns);
  ref->set_name(name.name);
}

// Counts rows and keeps the first failure.
class PolicyWriter {
 public:
  explicit PolicyWriter(const ServerProcess& server)
      : bearer_(server.admin_token()), stub_(a1::AuthzService::NewStub(Connect(server.grpc_address(), 1).front())) {}

  template <typename Request, typename Response>
  void Put(grpc::Status (a1::AuthzService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
           const Request& request) {
    if (!status_.ok()) return;
    Response response;
    status_ = FromGrpc((stub_.get()->*method)(ContextOf(bearer_).get(), request, &response));
    ++rows_;
  }

  Status status() const { return status_; }
  uint64_t rows() const { return rows_; }

 private:
  const std::string bearer_;
  std::unique_ptr<a1::AuthzService::Stub> stub_;
  Status status_;
  uint64_t rows_ = 0;
};

void SetScope(const World& world, const GrantSpec& grant, a1::Scope* scope) {
  switch (grant.scope) {
    case ScopeKind::kDomain: return SetRef(world.NameOf(grant.label), scope->mutable_domain());
    case ScopeKind::kNamespace: return scope->set_namespace_(world.NamespaceText(grant.label));
    case ScopeKind::kContainer:
      return SetRef(world.NameOf(world.FirstContainer() + grant.label), scope->mutable_container());
    case ScopeKind::kTag: return scope->set_tag(Tag(grant.label));
    case ScopeKind::kOwner: return scope->set_owner(Person(grant.label));
  }
}

void PutRoles(const World& world, const WorldPolicy& policy, PolicyWriter& writer) {
  for (uint64_t i = 0; i < policy.roles().size(); ++i) {
    a1::PutRoleRequest request;
    request.mutable_role()->set_id(RoleId(i));
    for (const uint64_t parent : policy.roles()[i].inherits) request.mutable_role()->add_inherits(RoleId(parent));
    writer.Put(&a1::AuthzService::Stub::PutRole, request);
  }
  for (uint64_t i = 0; i < policy.grants().size(); ++i) {
    const GrantSpec& spec = policy.grants()[i];
    a1::PutGrantRequest request;
    request.mutable_grant()->set_id(base::Cat("grant-", i));
    request.mutable_grant()->set_role(RoleId(spec.role));
    request.mutable_grant()->set_deny(spec.deny);
    SetScope(world, spec, request.mutable_grant()->mutable_scope());
    // Push is decided by name alone, so it cannot be granted by other labels.
    const uint32_t privileges =
        spec.scope == ScopeKind::kNamespace || spec.privileges != kPush ? spec.privileges : kBrowse;
    for (int bit = 1; bit < 32; ++bit) {
      if (privileges >> bit & 1) request.mutable_grant()->add_privileges(static_cast<privilege::v1::Privilege>(bit));
    }
    writer.Put(&a1::AuthzService::Stub::PutGrant, request);
  }
}

void PutPeople(const WorldPolicy& policy, PolicyWriter& writer) {
  for (uint64_t i = 0; i < policy.group_roles().size(); ++i) {
    a1::PutPrincipalRequest request;
    request.mutable_principal()->set_id(Group(i));
    request.mutable_principal()->set_kind(a1::PRINCIPAL_KIND_GROUP);
    for (const uint64_t role : policy.group_roles()[i]) request.mutable_principal()->add_roles(RoleId(role));
    writer.Put(&a1::AuthzService::Stub::PutPrincipal, request);
  }
  for (uint64_t i = 0; i < policy.principals().size(); ++i) {
    a1::PutPrincipalRequest request;
    request.mutable_principal()->set_id(Person(i));
    request.mutable_principal()->set_kind(a1::PRINCIPAL_KIND_PERSON);
    for (const uint64_t group : policy.principals()[i].groups) request.mutable_principal()->add_groups(Group(group));
    for (const uint64_t role : policy.principals()[i].roles) request.mutable_principal()->add_roles(RoleId(role));
    writer.Put(&a1::AuthzService::Stub::PutPrincipal, request);
  }
}

void AddStatements(const World& world, uint64_t asset, c1::UpsertAspectsRequest& request) {
  const base::AssetName name = world.NameOf(asset);
  const Labels labels = world.LabelsOf(asset);
  const auto add = [&]() {
    c1::AspectUpsert* upsert = request.add_upserts();
    SetRef(name, upsert->mutable_asset());
    return upsert->mutable_aspect();
  };
  add()->mutable_documentation()->set_text(world.DescriptionOf(asset));
  SetRef(world.NameOf(labels.domain), add()->mutable_domain()->mutable_domain());
  add()->mutable_ownership()->add_owners()->set_owner(labels.owned_by_group ? Group(labels.owner)
                                                                            : Person(labels.owner));
  if (labels.has_container) {
    SetRef(world.NameOf(world.FirstContainer() + labels.container), add()->mutable_container()->mutable_container());
  }
  if (labels.tags.empty()) return;
  c1::Tags* tags = add()->mutable_tags();
  for (const uint32_t tag : labels.tags) tags->add_tags()->set_key(Tag(tag));
}

// Several senders, each with its own share of the assets in turn.
class Labeller {
 public:
  Labeller(const ServerProcess& server, const World& world) : server_(server), world_(world) {}

  // The assets in [begin, end).
  Status Run(uint64_t begin, uint64_t end) {
    next_ = begin;
    end_ = end;
    {
      std::vector<std::jthread> senders;
      senders.reserve(kLabellers);
      for (int i = 0; i < kLabellers; ++i) senders.emplace_back([this] { Send(); });
    }
    base::MutexLock lock(mutex_);
    return status_;
  }
  uint64_t statements() const { return statements_; }

 private:
  void Send() {
    const auto stub = c1::CatalogService::NewStub(Connect(server_.grpc_address(), 1).front());
    while (true) {
      const uint64_t begin = next_.fetch_add(kAssetsARequest);
      if (begin >= end_) return;
      c1::UpsertAspectsRequest request;
      const uint64_t end = std::min(begin + kAssetsARequest, end_);
      for (uint64_t asset = begin; asset < end; ++asset) AddStatements(world_, asset, request);
      const Status status = FromGrpc(Upsert(*stub, request));
      statements_ += static_cast<uint64_t>(request.upserts_size());
      if (status.ok()) continue;
      base::MutexLock lock(mutex_);
      status_.Update(status);
      return;
    }
  }

  // The server asks for patience while its index is behind.
  grpc::Status Upsert(c1::CatalogService::Stub& stub, const c1::UpsertAspectsRequest& request) const {
    const auto start = Steady::now();
    while (true) {
      c1::UpsertAspectsResponse response;
      grpc::Status status = stub.UpsertAspects(ContextOf(server_.admin_token()).get(), request, &response);
      if (status.error_code() != grpc::StatusCode::UNAVAILABLE || SecondsSince(start) > kIndexWithinSeconds)
        return status;
      std::this_thread::sleep_for(kPatience);
    }
  }

  const ServerProcess& server_;
  const World& world_;
  uint64_t end_ = 0;  // set before the senders begin
  std::atomic<uint64_t> next_{0};
  std::atomic<uint64_t> statements_{0};
  base::Mutex mutex_;
  Status status_ GUARDED_BY(mutex_);
};

Status PushEvents(const ServerProcess& server, const World& world, LoadedWorld& loaded) {
  WorldEvents events(&world);
  base::Mutex mutex;
  double bytes = 0;
  PushLoad load;
  load.bearer = server.admin_token();
  load.stream_prefix = "world";
  load.next = [&](std::string* event) {
    base::MutexLock lock(mutex);
    if (!events.Next(event)) return false;
    bytes += static_cast<double>(event->size());
    return true;
  };
  const auto start = Steady::now();
  const LoadFigures figures = RunPush(Connect(server.grpc_address(), 1), load);
  loaded.event_seconds = SecondsSince(start);
  loaded.events = figures.done;
  loaded.event_bytes = figures.done == 0 ? 0 : bytes / static_cast<double>(figures.done);
  if (figures.failed > 0) return base::Unavailable("pushing the world: ", figures.first_failure);
  return absl::OkStatus();
}

Status PutPolicy(const ServerProcess& server, const World& world, LoadedWorld& loaded) {
  const auto start = Steady::now();
  const WorldPolicy policy(world);
  PolicyWriter writer(server);
  PutRoles(world, policy, writer);
  PutPeople(policy, writer);
  loaded.policy_rows = writer.rows();
  loaded.policy_seconds = SecondsSince(start);
  return writer.status();
}

// A search waits for the last change of labels, which comes at the end of the load.
Status AwaitIndex(const ServerProcess& server, LoadedWorld& loaded) {
  const auto stub = s1::SearchService::NewStub(Connect(server.grpc_address(), 1).front());
  const auto start = Steady::now();
  s1::SearchRequest request;
  request.set_query("settled");
  while (true) {
    s1::SearchResponse response;
    const Status status = FromGrpc(stub->Search(ContextOf(server.admin_token()).get(), request, &response));
    loaded.index_seconds = SecondsSince(start);
    if (status.ok() || loaded.index_seconds > kIndexWithinSeconds) return status;
  }
}

}  // namespace

bool LoadMarks::Has(std::string_view part) const {
  return std::filesystem::exists(base::Cat(folder_, "/", part, ".loaded"));
}

void LoadMarks::Put(std::string_view part) const { std::ofstream(base::Cat(folder_, "/", part, ".loaded")) << "\n"; }

StatusOr<LoadedWorld> LoadWorld(const ServerProcess& server, const World& world, const LoadMarks& marks) {
  LoadedWorld loaded;
  Labeller labeller(server, world);
  const auto label = [&](uint64_t begin, uint64_t end) -> Status {
    const auto start = Steady::now();
    RETURN_IF_ERROR(labeller.Run(begin, end));
    loaded.statement_seconds += SecondsSince(start);
    loaded.statements = labeller.statements();
    return absl::OkStatus();
  };
  const auto part = [&](std::string_view name, const std::function<Status()>& load) -> Status {
    if (marks.Has(name)) return absl::OkStatus();
    RETURN_IF_ERROR(load());
    marks.Put(name);
    return absl::OkStatus();
  };
  // Grants name domains and containers, which must be there first.
  RETURN_IF_ERROR(part("containers", [&] { return label(0, world.FirstDataset()); }));
  RETURN_IF_ERROR(part("policy", [&] { return PutPolicy(server, world, loaded); }));
  RETURN_IF_ERROR(part("events", [&] { return PushEvents(server, world, loaded); }));
  RETURN_IF_ERROR(part("statements", [&] { return label(world.FirstDataset(), world.shape().assets); }));
  RETURN_IF_ERROR(AwaitIndex(server, loaded));
  return loaded;
}

StatusOr<std::string> ViewerToken(const ServerProcess& server, uint64_t viewer) {
  const auto stub = a1::AuthzService::NewStub(Connect(server.grpc_address(), 1).front());
  a1::CreateTokenRequest request;
  request.set_principal(Person(viewer));
  request.set_description("measuring");
  request.mutable_lifetime()->set_seconds(86'400);
  a1::CreateTokenResponse response;
  const Status status = FromGrpc(stub->CreateToken(ContextOf(server.admin_token()).get(), request, &response));
  if (!status.ok()) return status;
  return response.token();
}

}  // namespace cadastre::bench
