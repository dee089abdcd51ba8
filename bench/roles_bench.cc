#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "authz/view/view.h"
#include "base/status.h"
#include "bench/benches.h"
#include "bench/clock.h"
#include "bench/grpc_client.h"
#include "bench/local_rooms.h"
#include "cadastre/authz/v1/authz.grpc.pb.h"
#include "catalog/page.h"
#include "catalog/summary.h"
#include "search/find.h"

namespace cadastre::bench {
namespace {

namespace a1 = authz::v1;

constexpr uint64_t kRolesMax = 300;
constexpr uint64_t kInTurn[] = {40, kRolesMax};
constexpr size_t kPagesMax = 200;

// Roles that see nearly all, each by grants that no other has: so each has bitmaps of its own, and what they read is as
// much. Answers a token of the one person who holds each.
class Company {
 public:
  explicit Company(const ServerProcess& server)
      : bearer_(server.admin_token()), stub_(a1::AuthzService::NewStub(Connect(server.grpc_address(), 1).front())) {}

  StatusOr<std::vector<std::string>> Tokens() {
    std::vector<std::string> tokens;
    for (uint64_t number = 0; number < kRolesMax; ++number) {
      const std::string id = base::Cat("in-turn-", number);
      a1::PutRoleRequest role;
      role.mutable_role()->set_id(id);
      Call(&a1::AuthzService::Stub::PutRole, role, a1::PutRoleResponse());
      Grant(id, "", false);
      Grant(id, base::Cat("tag-of-", number), true);
      a1::PutPrincipalRequest person;
      person.mutable_principal()->set_id(id);
      person.mutable_principal()->set_kind(a1::PRINCIPAL_KIND_PERSON);
      person.mutable_principal()->add_roles(id);
      Call(&a1::AuthzService::Stub::PutPrincipal, person, a1::PutPrincipalResponse());
      a1::CreateTokenRequest token;
      token.set_principal(id);
      token.set_description("measuring");
      token.mutable_lifetime()->set_seconds(86'400);
      tokens.push_back(Call(&a1::AuthzService::Stub::CreateToken, token, a1::CreateTokenResponse()).token());
      if (!status_.ok()) return status_;
    }
    return tokens;
  }

 private:
  template <typename Method, typename Request, typename Response>
  Response Call(Method method, const Request& request, Response response) {
    if (status_.ok()) status_ = FromGrpc((stub_.get()->*method)(ContextOf(bearer_).get(), request, &response));
    return response;
  }

  void Grant(const std::string& role, const std::string& tag, bool deny) {
    a1::PutGrantRequest request;
    request.mutable_grant()->set_id(base::Cat(role, deny ? "-not" : "-all"));
    request.mutable_grant()->set_role(role);
    request.mutable_grant()->set_deny(deny);
    request.mutable_grant()->mutable_scope()->set_tag(tag);
    for (const privilege::v1::Privilege privilege :
         {privilege::v1::PRIVILEGE_BROWSE, privilege::v1::PRIVILEGE_READ, privilege::v1::PRIVILEGE_READ_OPERATIONS}) {
      request.mutable_grant()->add_privileges(privilege);
    }
    Call(&a1::AuthzService::Stub::PutGrant, request, a1::PutGrantResponse());
  }

  const std::string bearer_;
  std::unique_ptr<a1::AuthzService::Stub> stub_;
  Status status_;
};

// What is read, by viewers in turn.
class Reads {
 public:
  Reads(Stage& stage, LocalRooms& local, std::vector<authz::Viewer> viewers)
      : rooms_(local.rooms()), viewers_(std::move(viewers)) {
    const World& world = stage.world();
    const uint64_t step = std::max<uint64_t>(1, world.shape().datasets / kPagesMax);
    for (uint64_t i = 0; i < world.shape().datasets; i += step) {
      names_.push_back(world.NameOf(world.FirstDataset() + i));
    }
    // A word that one description of a thousand has.
    uint64_t rank = std::min<uint64_t>(world.RankOfShare(0.001), 4'000);
    if (rank % 7 == 6) ++rank;
    request_.query = world.WordOf(rank);
    request_.page_size = 20;
    request_.facets = {"kind", "platform"};
  }

  const Status& status() const { return status_; }

  // Both answer the seconds of the median call.
  double Pages(uint64_t roles, double window) {
    return MedianSeconds(window, roles, [&] { Page(roles); });
  }
  double Searches(uint64_t roles, double window) {
    // The first search of a role makes its bitmaps, which those after it find.
    for (uint64_t i = 0; i < roles; ++i) Search(roles);
    return MedianSeconds(window, roles, [&] { Search(roles); });
  }
  // Of one role that has not searched since the start, seconds.
  double FirstSearch() {
    const auto begin = Steady::now();
    Search(1);
    return SecondsSince(begin);
  }

 private:
  const authz::Viewer& Next(uint64_t roles) { return viewers_[calls_++ % roles]; }

  void Page(uint64_t roles) {
    auto view = rooms_.guard().OpenRead(Next(roles), {});
    if (!view.ok()) return status_.Update(view.status());
    const AssetName& name = names_[calls_ / roles % names_.size()];
    const auto page = catalog::FindPage(*view, name);
    status_.Update(page.status());
    if (page.ok()) status_.Update(catalog::Summarize(*view, (*page)->id).status());
  }
  void Search(uint64_t roles) {
    auto view = rooms_.guard().OpenRead(Next(roles), {});
    if (!view.ok()) return status_.Update(view.status());
    status_.Update(cadastre::search::Find(*view, rooms_.index(), request_).status());
  }

  server::Rooms& rooms_;
  const std::vector<authz::Viewer> viewers_;
  std::vector<AssetName> names_;
  cadastre::search::FindRequest request_;
  uint64_t calls_ = 0;
  Status status_;
};

StatusOr<std::unique_ptr<LocalRooms>> OpenRooms(const std::string& folder) {
  auto local = LocalRooms::Open(folder);
  if (!local.ok()) return local.status();
  const auto start = Steady::now();
  while (!(*local)->rooms().NotReady().empty()) {
    if (SecondsSince(start) > kIndexReadySeconds) return base::Unavailable("the index was not ready in time");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (const auto folded = (*local)->rooms().index().Fold(); !folded.ok()) return folded.status();
  return local;
}

}  // namespace

StatusOr<Section> MeasureRoles(Stage& stage) {
  const StatusOr<ServerProcess*> server = stage.Server();
  if (!server.ok()) return server.status();
  const StatusOr<std::vector<std::string>> tokens = Company(**server).Tokens();
  if (!tokens.ok()) return tokens.status();
  stage.StopServer();
  auto local = OpenRooms(stage.folder());
  if (!local.ok()) return local.status();
  std::vector<authz::Viewer> viewers;
  for (const std::string& token : *tokens) {
    auto viewer = (*local)->rooms().guard().Authenticate(token);
    if (!viewer.ok()) return viewer.status();
    viewers.push_back(*std::move(viewer));
  }
  Reads reads(stage, **local, std::move(viewers));
  Section section("roles", "Many roles in turn beside one");
  section.Say(
      base::Cat("The first search of a role, which makes its bitmaps: ", Milliseconds(reads.FirstSearch()), "."));
  const double window = stage.settings().window_seconds / 2;
  const int rounds = stage.settings().rounds;
  for (const uint64_t roles : kInTurn) {
    const Compared pages = CompareInTurns(
        rounds, [&] { return reads.Pages(roles, window); }, [&] { return reads.Pages(1, window); });
    section.Add({base::Cat("a page, ", roles, " roles in turn"), Milliseconds(pages.ours), Milliseconds(pages.beside),
                 pages.ratio, "1.5 or less"});
    const Compared searches = CompareInTurns(
        rounds, [&] { return reads.Searches(roles, window); }, [&] { return reads.Searches(1, window); });
    section.Add({base::Cat("a search, ", roles, " roles in turn"), Milliseconds(searches.ours),
                 Milliseconds(searches.beside), searches.ratio, "2 or less"});
  }
  if (!reads.status().ok()) return reads.status();
  section.Say(
      "Ours: in process, each call a view of the next role's one person: a page is catalog::FindPage and Summarize of "
      "a "
      "dataset, a search search::Find of a rare word with two facets. All roles see the same assets, each by grants of "
      "its own. Beside it: the same calls by the first of them alone.");
  return section;
}

}  // namespace cadastre::bench
