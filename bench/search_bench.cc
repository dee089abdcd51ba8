#include <set>
#include <string>
#include <thread>

#include "authz/view/view.h"
#include "base/status.h"
#include "bench/bare_xapian.h"
#include "bench/benches.h"
#include "bench/clock.h"
#include "bench/grpc_client.h"
#include "bench/local_rooms.h"
#include "cadastre/search/v1/search.pb.h"
#include "search/facet_values.h"
#include "search/find.h"
#include "search/reading.h"
#include "search/terms.h"

namespace cadastre::bench {
namespace {

using cadastre::search::FacetKind;

constexpr FacetKind kFacetKinds[BareXapian::kFacets] = {FacetKind::kKind, FacetKind::kPlatform, FacetKind::kNamespace,
                                                        FacetKind::kDomain};
// Over before the first answer: one call is sent.
constexpr double kOneCallSeconds = 1e-6;

struct Question {
  const char* what;
  std::vector<std::string> words;
  bool all = true;
};

// Words of the descriptions, by the share of them that have each. Past the syllables they end in a number, which a
// query would take for a word of its own; every seventh is Korean, whose query looks at pairs of characters instead.
std::string WordOfShare(const World& world, double share) {
  uint64_t rank = std::min<uint64_t>(world.RankOfShare(share), 4'000);
  if (rank % 7 == 6) ++rank;
  return world.WordOf(rank);
}

std::vector<Question> QuestionsOf(const World& world) {
  const auto word = [&](double share) { return WordOfShare(world, share); };
  return {{"rare term", {word(0.001)}},
          {"3 AND", {word(0.2), word(0.1), word(0.05)}},
          {"3 OR", {word(0.1), word(0.05), word(0.02)}, false},
          {"common term", {word(0.22)}}};
}

std::string TextOf(const Question& question) {
  std::string text;
  for (const std::string& word : question.words) text += (text.empty() ? "" : question.all ? " " : " OR ") + word;
  return text;
}

// The plain word in every field that is open to the viewer.
std::vector<std::vector<std::string>> TermsOf(const Question& question) {
  std::vector<std::vector<std::string>> terms;
  for (const std::string& word : question.words) {
    std::vector<std::string>& one = terms.emplace_back();
    for (const cadastre::search::FieldRule& rule : cadastre::search::kFields) {
      if (rule.field == cadastre::search::Field::kTerm || rule.field == cadastre::search::Field::kCode) continue;
      one.push_back(cadastre::search::TermPrefix(rule.field) + cadastre::search::kWordMark + word);
    }
  }
  return terms;
}

// The world's rooms in this process, all of their index folded into the base.
struct SearchGround {
  std::unique_ptr<LocalRooms> local;
  std::optional<authz::Viewer> wide;
  std::optional<authz::Viewer> narrow;
};

Status Prepare(Stage& stage, SearchGround& ground) {
  auto local = LocalRooms::Open(stage.folder());
  if (!local.ok()) return local.status();
  ground.local = *std::move(local);
  server::Rooms& rooms = ground.local->rooms();
  const auto start = Steady::now();
  while (!rooms.NotReady().empty()) {
    if (SecondsSince(start) > kIndexReadySeconds) return base::Unavailable("the index was not ready in time");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (const auto folded = rooms.index().Fold(); !folded.ok()) return folded.status();
  auto wide = rooms.guard().Authenticate(stage.wide_token());
  if (!wide.ok()) return wide.status();
  ground.wide = *std::move(wide);
  auto narrow = rooms.guard().Authenticate(stage.narrow_token());
  if (!narrow.ok()) return narrow.status();
  ground.narrow = *std::move(narrow);
  return absl::OkStatus();
}

// What the viewer may read, and the same facets, as plain arrays.
StatusOr<BareXapian::Columns> ColumnsOf(SearchGround& ground, const authz::Viewer& viewer) {
  auto view = ground.local->rooms().guard().OpenRead(viewer, {});
  if (!view.ok()) return view.status();
  const auto reading = ground.local->rooms().index().Read();
  cadastre::authz::MergedSets sets(&*view);
  const cadastre::search::FacetValues values(&*view, &reading->columns, &sets);
  BareXapian::Columns columns;
  const auto& chunks = view->BitmapOf(authz::Privilege::kBrowse).chunks();
  for (const auto& chunk : chunks) {
    for (size_t word = 0; word < authz::AssetBitmap::kChunkBits / 64; ++word) {
      columns.visible.push_back(chunk == nullptr ? 0 : (*chunk)[word]);
    }
  }
  for (size_t i = 0; i < BareXapian::kFacets; ++i) {
    columns.values[i].resize(columns.visible.size() * 64);
    for (uint64_t id = 0; id < columns.values[i].size(); ++id) {
      values.Each(kFacetKinds[i], AssetId(id), [&](uint64_t value) {
        columns.values[i][id] = static_cast<uint32_t>(value);
        columns.values_end[i] = std::max(columns.values_end[i], static_cast<uint32_t>(value));
      });
    }
    ++columns.values_end[i];
  }
  return columns;
}

cadastre::search::FindRequest RequestOf(const Question& question) {
  cadastre::search::FindRequest request;
  request.query = TextOf(question);
  request.page_size = BareXapian::kHits;
  for (const FacetKind kind : kFacetKinds) request.facets.emplace_back(cadastre::search::FacetKindWord(kind));
  return request;
}

struct MeasuredPage {
  Compared page;
  BareXapian::Way way = BareXapian::Way::kWithin;
  int64_t ours = 0;
  uint64_t beside = 0;
};

StatusOr<MeasuredPage> MeasurePage(Stage& stage, SearchGround& ground, const authz::Viewer& viewer, BareXapian& bare,
                                   const Question& question) {
  const double window = stage.settings().window_seconds / 3;
  const cadastre::search::FindRequest request = RequestOf(question);
  const auto terms = TermsOf(question);
  MeasuredPage measured;
  Status failed;
  const auto find = [&] {
    auto view = ground.local->rooms().guard().OpenRead(viewer, {});
    if (!view.ok()) return failed.Update(view.status());
    const auto found = cadastre::search::Find(*view, ground.local->rooms().index(), request);
    failed.Update(found.status());
    if (found.ok()) measured.ours = found->total;
  };
  const auto find_bare = [&](BareXapian::Way way) {
    const auto page = bare.Find(terms, question.all, way);
    failed.Update(page.status());
    if (page.ok()) measured.beside = page->total;
  };
  // Of the two ways the faster one is what ours is compared with.
  const double within = MedianSeconds(window / 3, 3, [&] { find_bare(BareXapian::Way::kWithin); });
  const double apart = MedianSeconds(window / 3, 3, [&] { find_bare(BareXapian::Way::kApart); });
  measured.way = within <= apart ? BareXapian::Way::kWithin : BareXapian::Way::kApart;
  measured.page = CompareInTurns(
      stage.settings().rounds, [&] { return MedianSeconds(window, 3, find); },
      [&] { return MedianSeconds(window, 3, [&] { find_bare(measured.way); }); });
  if (!failed.ok()) return failed;
  return measured;
}

struct Line {
  std::string what;
  std::string request;
  std::string bearer;
  double bare_seconds = 0;
};

Status AddPages(Stage& stage, SearchGround& ground, bool wide, Section& section, std::vector<Line>& doors) {
  const authz::Viewer& viewer = wide ? *ground.wide : *ground.narrow;
  auto columns = ColumnsOf(ground, viewer);
  if (!columns.ok()) return columns.status();
  auto bare = BareXapian::Open(stage.folder() + "/search/base", *std::move(columns));
  if (!bare.ok()) return bare.status();
  for (const Question& question : QuestionsOf(stage.world())) {
    const auto measured = MeasurePage(stage, ground, viewer, **bare, question);
    if (!measured.ok()) return measured.status();
    const std::string what = base::Cat(question.what, wide ? ", viewer of 30 %" : ", viewer of 0.1 %");
    section.Add({base::Cat(what, ": ", measured->ours, " hits (bare ", measured->beside, ")"),
                 Milliseconds(measured->page.ours),
                 base::Cat(Milliseconds(measured->page.beside),
                           measured->way == BareXapian::Way::kWithin ? ", facets within" : ", facets apart"),
                 measured->page.ratio, "1.2 or less"});
    search::v1::SearchRequest request;
    request.set_query(TextOf(question));
    request.set_page_size(BareXapian::kHits);
    for (const FacetKind kind : kFacetKinds) request.add_facets(std::string(cadastre::search::FacetKindWord(kind)));
    doors.push_back(
        {what, request.SerializeAsString(), wide ? stage.wide_token() : stage.narrow_token(), measured->page.beside});
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<Section> MeasureSearch(Stage& stage) {
  stage.StopServer();
  Section section("search", "A search page beside bare Xapian");
  std::vector<Line> doors;
  {
    SearchGround ground;
    if (Status status = Prepare(stage, ground); !status.ok()) return status;
    for (const bool wide : {true, false}) {
      if (Status status = AddPages(stage, ground, wide, section, doors); !status.ok()) return status;
    }
  }
  const StatusOr<ServerProcess*> server = stage.Server();
  if (!server.ok()) return server.status();
  const Channels channels = Connect((*server)->grpc_address(), 1);
  std::set<std::string> asked;
  for (const Line& line : doors) {
    UnaryLoad load{"/cadastre.search.v1.SearchService/Search", line.bearer, {line.request}, 1, kOneCallSeconds};
    // The first question of a viewer makes the bitmaps of what the viewer may see, which the others find made.
    const LoadFigures first = RunUnary(channels, load);
    if (asked.insert(line.bearer).second && first.per_second > 0) {
      section.Say(base::Cat("First question after a start at the door, ", line.what, ": ",
                            Milliseconds(1 / first.per_second), "."));
    }
    load.seconds = stage.settings().window_seconds;
    const LoadFigures figures = RunUnary(channels, load);
    if (figures.failed > 0) return base::Unavailable("Search: ", figures.first_failure);
    const double seconds = figures.per_second > 0 ? 1 / figures.per_second : 0;
    section.Add({base::Cat("the whole answer at the gRPC door, ", line.what), Milliseconds(seconds),
                 Milliseconds(line.bare_seconds), seconds / std::max(1e-9, line.bare_seconds), ""});
  }
  section.Say(
      "Ours: a view opened and search::Find in process: top 20 with highlights, total and the facets kind, platform, "
      "namespace and domain over every visible match, also of longer words in names, titles and columns; each question "
      "is asked again and again, so that its words' postings are in memory since the first time; at the door "
      "SearchService.Search with summaries, audit record and its sync, one in flight.");
  section.Say(
      "Beside it: Xapian 1.4's own matcher on the same base (BM25, OP_FILTER with a posting source over the viewer's "
      "bitmap, each word an OR of its term in 9 fields), top 20 with their stored texts, the same four facets counted "
      "over every match from arrays by document number, within the ranked match or by a pass without weights, "
      "whichever "
      "is faster for the query.");
  for (const Question& question : QuestionsOf(stage.world())) {
    section.Say(base::Cat("`", TextOf(question), "` is the ", question.what, "."));
  }
  return section;
}

}  // namespace cadastre::bench
