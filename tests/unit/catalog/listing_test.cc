// A list shows each merged set once, under its living name, wherever its pages end, and as if hidden names were none.
#include "catalog/listing.h"

#include <gmock/gmock.h>

#include "catalog/alias.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;
using testing::ElementsAre;

const AssetName kSchema = {AssetKind::kContainer, "postgres://db:5432", "shop"};

class ListingTest : public testing::Test {
 protected:
  ListingTest() {
    container_ = world_.PutAsset(kSchema);
    for (const char* name : {"a", "b", "c", "d", "e"}) world_.MustSay({Table(name), InSchema(), 10});
    world_.MustSay({kGate, Doc("through the gate"), 10});
  }

  static v1::Aspect InSchema() {
    v1::Aspect aspect;
    *aspect.mutable_container()->mutable_container() = RefOfName(kSchema);
    return aspect;
  }
  // Of type RENAME, `from` is the newer name.
  void Merge(const AssetName& from, const AssetName& to, const std::string& type = "TABLE") {
    world_.Put([&](authz::WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "tool", Rank::kDeclared));
      ASSIGN_OR_RETURN(auto permit, session.PermitPush(from));
      return RecordAlias(session, std::move(permit), producer, *session.FindName(to), type).status();
    });
  }
  // Page by page, each of which but the last must be full.
  template <typename Page>
  std::vector<std::string> Paged(const std::string& bearer, size_t size, const Page& page) {
    std::vector<std::string> names;
    const Status status = world_.Look(bearer, [&](authz::GovernedView& view) -> Status {
      std::optional<ListedAsset> last;
      while (true) {
        ASSIGN_OR_RETURN(const std::vector<ListedAsset> rows, page(view, last, size));
        for (const ListedAsset& row : rows) names.push_back(view.NameOf(row.living).value_or(AssetName()).name);
        if (rows.size() < size) return absl::OkStatus();
        last = rows.back();
      }
    });
    EXPECT_TRUE(status.ok()) << status;
    return names;
  }
  std::vector<std::string> Names(const std::string& bearer, size_t size, const std::string& ns = "") {
    NameRange range;
    range.first = range.last = AssetKind::kDataset;
    if (!ns.empty()) range.ns = ns;
    return Paged(bearer, size, [&](authz::GovernedView& view, const std::optional<ListedAsset>& last, size_t max) {
      return ScanAssets(view, range, last ? view.NameOf(last->place) : std::nullopt, max);
    });
  }
  std::vector<std::string> Members(const std::string& bearer, size_t size) {
    return Paged(bearer, size, [&](authz::GovernedView& view, const std::optional<ListedAsset>& last, size_t max) {
      bool more = false;
      return ScanMembers(view, container_, last ? last->place : AssetId(), max, &more);
    });
  }

  const AssetName kGate = {AssetKind::kDataset, "trino://gate:8080", "pg.b"};
  CatalogWorld world_;
  AssetId container_;
};

TEST_F(ListingTest, AMergedSetIsOneRowUnderItsLivingName) {
  Merge(Table("d"), Table("a"), "RENAME");
  Merge(Table("b"), kGate);
  for (const size_t size : {1, 2, 3, 10}) {
    EXPECT_THAT(Names(world_.admin(), size), ElementsAre("d", "b", "c", "e")) << size;
    EXPECT_THAT(Members(world_.admin(), size), ElementsAre("d", "b", "c", "e")) << size;
  }
}

TEST_F(ListingTest, AListThatHoldsAnyNameOfASetHoldsTheSet) {
  Merge(Table("b"), kGate);
  EXPECT_THAT(Names(world_.admin(), 10, kGate.ns), ElementsAre("b"));
}

TEST_F(ListingTest, HiddenNamesOfASetMoveNothing) {
  Merge(Table("d"), Table("a"), "RENAME");
  // An allow that leaves the newer name out, and no deny, which would hold for all names.
  std::vector<record::Grant> grants = {CatalogWorld::Allow({Privilege::kBrowse}, [] {
    record::Scope scope;
    scope.add_kinds(static_cast<uint32_t>(AssetKind::kContainer));
    return scope;
  }())};
  for (const char* name : {"a", "b", "c", "e"}) {
    record::Scope scope;
    scope.set_namespace_(Table(name).ns);
    scope.set_name_prefix(name);
    grants.push_back(CatalogWorld::Allow({Privilege::kBrowse}, scope));
  }
  const std::string viewer = world_.AddPerson("viewer", grants);
  for (const size_t size : {1, 2, 10}) {
    EXPECT_THAT(Names(viewer, size), ElementsAre("a", "b", "c", "e")) << size;
    EXPECT_THAT(Members(viewer, size), ElementsAre("a", "b", "c", "e")) << size;
  }
}

}  // namespace
}  // namespace cadastre::catalog
