// cadastre lineage and cadastre paths.
#include "base/status.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "cli/client_words.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/lineage_tree.h"
#include "cli/paging.h"

namespace cadastre::cli {
namespace {

using lineage::v1::GetLineageResponse;

std::string_view WhyOf(lineage::v1::TruncatedReason reason) {
  switch (reason) {
    case lineage::v1::TRUNCATED_REASON_NODES: return "there are more nodes";
    case lineage::v1::TRUNCATED_REASON_EDGES: return "there are more edges";
    case lineage::v1::TRUNCATED_REASON_DEPTH: return "more lies beyond --depth";
    case lineage::v1::TRUNCATED_REASON_HISTORY: return "edges that ended long ago are forgotten";
    default: return "the server did not say why";
  }
}

class Lineage final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("ASSET", &asset_, "kind:namespace#name");
    arguments.Flag("-u,--up", &up_, "What it is made from");
    arguments.Flag("-d,--down", &down_, "What is made of it");
    arguments.Flag("-b,--both", &both_, "Both sides: what is shown without any of the three");
    arguments.Number("--depth", &depth_, "Hops, 1 to 100 (a job between two datasets is one); default 5");
    arguments.Flag("-c,--columns", &columns_, "Column by column");
    arguments.Option("--column", &column_, "From this column alone, such as address.city");
    arguments.Flag("--stale", &stale_, "Also edges no recent run stated");
    arguments.Option("--held", &held_, "As it held at this time");
    arguments.Option("--known", &known_, "As the server knew it at this time or revision token");
    arguments.Number("--max-nodes", &nodes_, "Nodes of one answer, at most 10,000; default 1,000");
    arguments.Option("--page-token", &token_, "Where to go on: what the answer before told");
  }

  absl::Status Run(Session& session) override {
    lineage::v1::GetLineageRequest request;
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, request.mutable_asset()));
    for (const std::string& segment : ColumnPath(column_)) request.mutable_column()->add_path(segment);
    const bool both = both_ || up_ == down_;
    request.set_direction(both  ? lineage::v1::DIRECTION_BOTH
                          : up_ ? lineage::v1::DIRECTION_UPSTREAM
                                : lineage::v1::DIRECTION_DOWNSTREAM);
    request.set_depth(depth_);
    request.set_level(columns_ || !column_.empty() ? lineage::v1::LEVEL_COLUMN : lineage::v1::LEVEL_ASSET);
    if (!held_.empty() || !known_.empty()) RETURN_IF_ERROR(ReadAsOf(held_, known_, request.mutable_as_of()));
    request.set_max_nodes(nodes_);
    request.set_page_token(token_);
    request.set_include_stale(stale_);
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<GetLineageResponse>(session, "cadastre.lineage.v1.LineageService/GetLineage", request));
    if (session.json) return PrintJson(session, answer);
    for (const std::string& line : LineageTree(answer, session.screen)) *session.screen.out << line << '\n';
    if (answer.truncated()) {
      *session.screen.err << "not all of it is shown: " << WhyOf(answer.truncated_reason()) << '\n';
    }
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  std::string asset_, column_, held_, known_, token_;
  bool up_ = false;
  bool down_ = false;
  bool both_ = false;
  bool columns_ = false;
  bool stale_ = false;
  int32_t depth_ = 0;
  int32_t nodes_ = 0;
};

class Paths final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("FROM", &from_, "kind:namespace#name");
    arguments.Positional("TO", &to_, "kind:namespace#name");
    arguments.Flag("-u,--up", &up_, "Against the flow of data");
    arguments.Number("--max-hops", &hops_, "1 to 100; default 20");
    arguments.Number("--max-paths", &paths_, "1 to 20; default 5");
    arguments.Flag("--stale", &stale_, "Also over edges no recent run stated");
    arguments.Option("--held", &held_, "As it held at this time");
    arguments.Option("--known", &known_, "As the server knew it at this time or revision token");
  }

  absl::Status Run(Session& session) override {
    lineage::v1::FindPathsRequest request;
    RETURN_IF_ERROR(ReadAsset("FROM", from_, request.mutable_from()));
    RETURN_IF_ERROR(ReadAsset("TO", to_, request.mutable_to()));
    request.set_direction(up_ ? lineage::v1::DIRECTION_UPSTREAM : lineage::v1::DIRECTION_DOWNSTREAM);
    request.set_max_hops(hops_);
    request.set_max_paths(paths_);
    request.set_include_stale(stale_);
    if (!held_.empty() || !known_.empty()) RETURN_IF_ERROR(ReadAsOf(held_, known_, request.mutable_as_of()));
    ASSIGN_OR_RETURN(const auto answer, Ask<lineage::v1::FindPathsResponse>(
                                            session, "cadastre.lineage.v1.LineageService/FindPaths", request));
    if (session.json) return PrintJson(session, answer);
    for (const lineage::v1::Path& path : answer.paths()) {
      if (&path != &answer.paths(0)) *session.screen.out << '\n';
      std::string arrow;
      for (const catalog::v1::AssetSummary& node : path.nodes()) {
        *session.screen.out << arrow << ShownText(AssetText(node.ref())) << '\n';
        arrow = "  → ";
      }
    }
    if (answer.paths_size() == 0) *session.screen.err << "no path\n";
    if (answer.truncated()) *session.screen.err << "not all of it was searched\n";
    return absl::OkStatus();
  }

 private:
  std::string from_, to_, held_, known_;
  bool up_ = false;
  bool stale_ = false;
  int32_t hops_ = 0;
  int32_t paths_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeLineage() { return std::make_unique<Lineage>(); }
std::unique_ptr<Command> MakePaths() { return std::make_unique<Paths>(); }

}  // namespace cadastre::cli
