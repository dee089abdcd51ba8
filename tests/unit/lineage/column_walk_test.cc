#include "lineage/column_walk.h"

#include <map>
#include <optional>
#include <set>
#include <string>

#include "lineage/edge_times.h"
#include "tests/unit/lineage/event_world.h"

namespace cadastre::lineage {
namespace {

class ColumnWalkTest : public testing::Test {
 protected:
  // `from.column>to.column`, with * for the whole dataset; stated by a definition of its own.
  void State(const std::string& from, const std::string& from_column, const std::string& to,
             const std::string& to_column, const std::string& job = "") {
    EventWrite event;
    event.producer = ++producer_;
    event.event_time = Day(1);
    event.edges.push_back(world_.Derives(from, to, job, {PairOf(from_column, to_column == "*" ? "" : to_column)}));
    world_.PushAll({event});
  }

  struct Told {
    std::string nodes;
    std::string earlier;
    std::string edges;
    WalkLimit limit = WalkLimit::kNone;
    std::optional<ColumnPosition> next;
    std::set<std::string> noted;
  };
  Told WalkFrom(const std::string& bearer, ColumnWalkRequest request) {
    Told told;
    const Status status = world_.Look(bearer, [&](GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const auto walked, WalkColumns(view, request));
      for (const ColumnNode& node : walked->nodes) {
        told.nodes += TextOf(node) + "@" + std::to_string(node.hops) +
                      (node.more > 0 ? "+" + std::to_string(node.more) : "") + " ";
      }
      for (const ColumnNode& node : walked->earlier) told.earlier += TextOf(node) + " ";
      const auto end = [&](uint32_t place) {
        const size_t named = walked->nodes.size();
        return TextOf(place < named ? walked->nodes[place] : walked->earlier.at(place - named));
      };
      for (const ColumnEdge& edge : walked->edges) {
        told.edges += end(edge.from) + ">" + end(edge.to) + (edge.stale ? " stale" : "") +
                      (edge.alias ? " alias" : "") + (edge.job.valid() ? " by " + world_.NameOf(edge.job) : "") + "; ";
      }
      told.limit = walked->limit;
      told.next = walked->next;
      for (const auto& [asset, columns] : view.shown().assets()) {
        for (const auto& path : columns) {
          std::string column = world_.NameOf(asset);
          for (const std::string& segment : path) column += "." + segment;
          told.noted.insert(column);
        }
      }
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return told;
  }
  ColumnWalkRequest From(const std::string& dataset, const std::string& column, Direction direction) {
    ColumnWalkRequest request;
    request.start = world_.Dataset(dataset);
    if (!column.empty()) request.path = {column};
    request.direction = direction;
    return request;
  }
  std::string TextOf(const ColumnNode& node) {
    return world_.NameOf(node.id) + "." + (node.path.empty() ? "*" : node.path[0]);
  }
  // Classifies one column, which only holders of read_columns on the class may see.
  void Classify(const std::string& dataset, const std::string& column) {
    record::Labels labels;
    record::ColumnLabels& mark = *labels.add_columns();
    mark.set_column(1);
    mark.add_path(column);
    mark.add_classifications("pii");
    world_.PutAsset({AssetKind::kDataset, "test", dataset}, labels);
  }

  EventWorld world_;
  uint32_t producer_ = 1;
};

TEST_F(ColumnWalkTest, FollowsPairsBothWays) {
  State("a", "x", "b", "y", "etl");
  State("b", "y", "c", "z");
  State("b", "other", "c", "other");
  const Told down = WalkFrom(world_.admin(), From("a", "x", Direction::kDownstream));
  EXPECT_EQ(down.nodes, "a.x@0 b.y@1 c.z@2 ");
  EXPECT_EQ(down.edges, "a.x>b.y by etl; b.y>c.z; ");
  EXPECT_EQ(down.noted, (std::set<std::string>{"a.x", "b.y", "c.z"}));
  const Told up = WalkFrom(world_.admin(), From("c", "z", Direction::kUpstream));
  EXPECT_EQ(up.nodes, "c.z@0 b.y@1 a.x@2 ");
  const Told both = WalkFrom(world_.admin(), From("b", "", Direction::kBoth));
  EXPECT_EQ(both.nodes, "b.other@0 b.y@0 a.x@1 c.other@1 c.z@1 ");
}

TEST_F(ColumnWalkTest, AFilteringColumnReachesTheWholeDataset) {
  State("a", "filter", "b", "*");
  State("a", "x", "b", "y");
  State("b", "y", "c", "z");
  EXPECT_EQ(WalkFrom(world_.admin(), From("a", "filter", Direction::kDownstream)).nodes, "a.filter@0 b.*@1 c.z@2 ");
  EXPECT_EQ(WalkFrom(world_.admin(), From("b", "y", Direction::kUpstream)).nodes, "b.y@0 a.filter@1 a.x@1 ");
}

TEST_F(ColumnWalkTest, AMaskedColumnIsNeitherShownNorPassed) {
  State("a", "x", "b", "secret");
  State("b", "secret", "c", "z");
  State("a", "x", "b", "open");
  Classify("b", "secret");
  const std::string viewer = world_.AddPerson("vera", {EventWorld::Allow({Privilege::kBrowse, Privilege::kRead})});
  const Told told = WalkFrom(viewer, From("a", "x", Direction::kDownstream));
  EXPECT_EQ(told.nodes, "a.x@0 b.open@1 ");
  EXPECT_EQ(told.noted, (std::set<std::string>{"a.x", "b.open"}));
  EXPECT_EQ(WalkFrom(world_.admin(), From("a", "x", Direction::kDownstream)).nodes, "a.x@0 b.open@1 b.secret@1 c.z@2 ");
}

TEST_F(ColumnWalkTest, AHiddenColumnLooksMissing) {
  State("a", "x", "b", "secret");
  Classify("b", "secret");
  const std::string viewer = world_.AddPerson("vera", {EventWorld::Allow({Privilege::kBrowse, Privilege::kRead})});
  const auto ask = [&](const std::string& column, bool known) {
    ColumnWalkRequest request = From("b", column, Direction::kBoth);
    request.columns = [known, column](AssetId) { return known ? KnownColumns{{{column}, false}} : KnownColumns(); };
    return world_.Look(viewer, [&](GovernedView& view) { return WalkColumns(view, request).status(); });
  };
  EXPECT_EQ(ask("secret", false).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ask("secret", false), ask("none", false));
  EXPECT_TRUE(ask("unlinked", true).ok()) << "what the catalog knows may stand without lineage";
}

TEST_F(ColumnWalkTest, CyclesEndAndDepthIsSaid) {
  State("a", "x", "b", "x");
  State("b", "x", "a", "x");
  State("b", "x", "c", "x");
  const Told whole = WalkFrom(world_.admin(), From("a", "x", Direction::kDownstream));
  EXPECT_EQ(whole.nodes, "a.x@0 b.x@1 c.x@2 ");
  EXPECT_EQ(whole.limit, WalkLimit::kNone);
  ColumnWalkRequest request = From("a", "x", Direction::kDownstream);
  request.depth = 1;
  const Told cut = WalkFrom(world_.admin(), request);
  EXPECT_EQ(cut.nodes, "a.x@0 b.x@1+1 ");
  EXPECT_EQ(cut.limit, WalkLimit::kDepth);
}

TEST_F(ColumnWalkTest, AnAliasIsAHopOfNoLength) {
  State("a", "x", "b", "y");
  State("b2", "y", "c", "z");
  ColumnWalkRequest request = From("a", "x", Direction::kDownstream);
  request.aliases = [this](const GovernedView&, AssetId id) {
    if (id == world_.Dataset("b")) return std::vector<AssetId>{world_.Dataset("b2")};
    return std::vector<AssetId>();
  };
  const Told told = WalkFrom(world_.admin(), request);
  EXPECT_EQ(told.nodes, "a.x@0 b.y@1 b2.y@1 c.z@2 ");
  EXPECT_EQ(told.edges, "a.x>b.y; b.y>b2.y alias; b2.y>c.z; ");
}

TEST_F(ColumnWalkTest, SpellingsThatTheSourceDoesNotTellApartAreOneColumn) {
  const AssetId table = world_.Dataset("postgres b");
  State("a", "x", "postgres b", "EMAIL");
  State("postgres b", "Email", "c", "z");
  State("lake", "eMail", "d", "z");
  State("a", "x", "told", "EMAIL");
  State("told", "email", "e", "z");
  const auto request = [&](const std::string& dataset, const std::string& column) {
    ColumnWalkRequest walk = From(dataset, column, Direction::kDownstream);
    walk.columns = [table](AssetId id) {
      return id == table ? KnownColumns{{{"email"}, false}, {{"EMail"}, true}} : KnownColumns();
    };
    walk.aliases = [this, table](const GovernedView&, AssetId id) {
      return id == table ? std::vector<AssetId>{world_.Dataset("lake")} : std::vector<AssetId>();
    };
    return walk;
  };
  const Told told = WalkFrom(world_.admin(), request("a", "x"));
  EXPECT_EQ(told.nodes, "a.x@0 postgres b.email@1 lake.eMail@1 told.EMAIL@1 c.z@2 d.z@2 ");
  EXPECT_EQ(WalkFrom(world_.admin(), request("postgres b", "EMAIL")).nodes,
            "postgres b.email@0 lake.eMail@0 c.z@1 d.z@1 ")
      << "asked for in another case";
}

TEST_F(ColumnWalkTest, PagesAddUpToTheWhole) {
  for (const char* to : {"b", "c", "d", "e"}) State("a", "x", to, "y");
  State("b", "y", "f", "z");
  ColumnWalkRequest request = From("a", "x", Direction::kDownstream);
  request.nodes_max = 2;
  const Told first = WalkFrom(world_.admin(), request);
  EXPECT_EQ(first.nodes, "a.x@0+3 b.y@1+1 ");
  EXPECT_EQ(first.limit, WalkLimit::kNodes);
  request.after = first.next;
  const Told second = WalkFrom(world_.admin(), request);
  EXPECT_EQ(second.nodes, "c.y@1 d.y@1 ");
  EXPECT_EQ(second.earlier, "a.x ");
  EXPECT_EQ(second.edges, "a.x>c.y; a.x>d.y; ");
  request.after = second.next;
  const Told third = WalkFrom(world_.admin(), request);
  EXPECT_EQ(third.nodes, "e.y@1 f.z@2 ");
  EXPECT_EQ(third.earlier, "a.x b.y ");
  EXPECT_FALSE(third.next.has_value());
}

TEST_F(ColumnWalkTest, EdgesBeyondAPageAreToldOnTheNext) {
  for (const char* between : {"b", "c", "d", "e"}) {
    State("a", "x", between, "y");
    State(between, "y", "f", "z");
  }
  ColumnWalkRequest request = From("a", "x", Direction::kDownstream);
  request.edges_max = 3;
  std::string told;
  do {
    const Told page = WalkFrom(world_.admin(), request);
    told += page.nodes + "| " + page.earlier + "| " + page.edges + "\n";
    request.after = page.next;
    EXPECT_EQ(page.limit == WalkLimit::kEdges, page.next.has_value());
  } while (request.after);
  EXPECT_EQ(told,
            "a.x@0+1 b.y@1+1 c.y@1+1 d.y@1+1 | | a.x>b.y; a.x>c.y; a.x>d.y; \n"
            "e.y@1+1 | a.x | a.x>e.y; \n"
            "f.z@2 | b.y c.y d.y | b.y>f.z; c.y>f.z; d.y>f.z; \n"
            "| e.y f.z | e.y>f.z; \n");
}

// A pair of which one column is gone from the standing schema is none of the present: shown as stale, on request.
TEST_F(ColumnWalkTest, AColumnThatIsGoneHasNoCurrentEdge) {
  State("a", "x", "b", "old");
  State("a", "x", "b", "new");
  State("b", "old", "c", "z");
  ColumnWalkRequest request = From("a", "x", Direction::kDownstream);
  request.stands = [this](AssetId id, const std::vector<std::string>& path) {
    return !(id == world_.Dataset("b") && path == std::vector<std::string>{"old"});
  };
  EXPECT_EQ(WalkFrom(world_.admin(), request).edges, "a.x>b.new; ");
  request.include_stale = true;
  EXPECT_EQ(WalkFrom(world_.admin(), request).edges, "a.x>b.new; a.x>b.old stale; b.old>c.z stale; ");
}

TEST_F(ColumnWalkTest, EachPairTellsWhenItWasStated) {
  const auto state = [&](double day, const std::string& from, const std::string& to) {
    EventWrite event;
    event.producer = 1;
    event.event_time = Day(day);
    event.edges.push_back(world_.Derives("a", "b", "", {PairOf(from, to)}));
    world_.PushAll({event});
  };
  state(3, "x", "y");
  state(8, "z", "y");
  const Status status = world_.Look(world_.admin(), [&](GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto walked, WalkColumns(view, From("b", "y", Direction::kUpstream)));
    ASSIGN_OR_RETURN(const auto times, FindEdgeTimes(view, *walked));
    EXPECT_EQ(times->size(), 2u);
    std::map<std::string, Timestamp> by_column;
    for (size_t i = 0; i < times->size(); ++i) {
      by_column[walked->edges[i].pair.from(0)] = (*times)[i].last_stated;
    }
    EXPECT_EQ(by_column, (std::map<std::string, Timestamp>{{"x", Day(3)}, {"z", Day(8)}}));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

// What describes a pair may be code. Pairs that nothing else tells apart are one to who may not read it.
TEST_F(ColumnWalkTest, ADescriptionOpensAsCode) {
  const auto state = [&](double day, const std::string& description) {
    record::ColumnPair pair = PairOf("x", "y");
    pair.set_description(description);
    EventWrite event;
    event.producer = 1;
    event.event_time = Day(day);
    event.edges.push_back(world_.Derives("a", "b", "etl", {pair}));
    world_.PushAll({event});
  };
  state(3, "sha256(x)");
  state(8, "md5(x)");
  const auto told_to = [&](const std::string& bearer) {
    std::string told;
    const Status status = world_.Look(bearer, [&](GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const auto walked, WalkColumns(view, From("b", "y", Direction::kUpstream)));
      ASSIGN_OR_RETURN(const auto times, FindEdgeTimes(view, *walked));
      for (size_t i = 0; i < walked->edges.size(); ++i) {
        const EdgeTimes& at = (*times)[i];
        told += "[" + walked->edges[i].pair.description() + "]";
        if (at.first_stated == Day(3)) told += " from 3";
        if (at.last_stated == Day(8)) told += " to 8";
        told += "; ";
      }
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return told;
  };
  const auto code_of = [](AssetKind kind) {
    record::Grant grant = EventWorld::Allow({Privilege::kReadCode});
    grant.mutable_scope()->add_kinds(static_cast<uint32_t>(kind));
    return grant;
  };
  const record::Grant browse = EventWorld::Allow({Privilege::kBrowse});
  EXPECT_EQ(told_to(world_.admin()), "[md5(x)] to 8; [sha256(x)] from 3; ");
  EXPECT_EQ(told_to(world_.AddPerson("coder", {browse, EventWorld::Allow({Privilege::kReadCode})})),
            "[md5(x)] to 8; [sha256(x)] from 3; ");
  EXPECT_EQ(told_to(world_.AddPerson("browser", {browse})), "[] from 3 to 8; ");
  EXPECT_EQ(told_to(world_.AddPerson("of-datasets", {browse, code_of(AssetKind::kDataset)})), "[] from 3 to 8; ");
  EXPECT_EQ(told_to(world_.AddPerson("of-jobs", {browse, code_of(AssetKind::kJob)})), "[] from 3 to 8; ");
}

}  // namespace
}  // namespace cadastre::lineage
