// cadastre search and cadastre suggest.
#include "base/status.h"
#include "cadastre/search/v1/search.pb.h"
#include "cli/client_words.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/paging.h"
#include "cli/table.h"
#include "cli/words.h"

namespace cadastre::cli {
namespace {

using search::v1::Hit;
using search::v1::SearchRequest;
using search::v1::SearchResponse;

std::string WhyOf(const Hit& hit) {
  std::string why;
  for (const search::v1::Highlight& highlight : hit.highlights()) {
    const std::string field = EnumWord(search::v1::HighlightField_Name(highlight.field()), "HIGHLIGHT_FIELD_");
    if (why.find(field) == std::string::npos) why += base::Cat(why.empty() ? "" : ", ", field);
  }
  return why;
}

// Of a text of many lines the first one that says something: a hit is one line, in a pipe too.
std::string FirstLine(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r\n#");
  if (from == std::string_view::npos) return "";
  return std::string(text.substr(from, text.find_first_of("\r\n", from) - from));
}

class Search final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.OptionalPositional("QUERY", &query_,
                                 "Words, \"phrases\", -not, owner: tag: kind: column: …; empty for all");
    arguments.List("-f,--filter", &filters_, "facet=value; several values of one facet are alternatives");
    arguments.List("--facets", &facets_, "Facets to count, with commas between them");
    arguments.Option("--order-by", &order_by_,
                     "relevance, name or updated; 'name desc' and 'updated desc' the other way round");
    arguments.Flag("--explain", &explain_, "Say how each score came about");
    arguments.Flag("--deleted", &deleted_, "Also deleted assets");
    page_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    SearchRequest request;
    request.set_query(query_);
    for (const std::string& filter : filters_) RETURN_IF_ERROR(AddFilter(filter, request));
    for (const std::string& list : facets_) AddFacets(list, request);
    request.set_order_by(order_by_);
    request.set_explain(explain_);
    request.set_include_deleted(deleted_);
    ASSIGN_OR_RETURN(SearchResponse answer,
                     AskPages<SearchResponse>(session, "cadastre.search.v1.SearchService/Search", request, page_));
    // Every page tells the facets of the whole.
    while (answer.facets_size() > request.facets_size()) answer.mutable_facets()->RemoveLast();
    if (session.json) return PrintJson(session, answer);
    Print(session, answer);
    return absl::OkStatus();
  }

 private:
  static absl::Status AddFilter(const std::string& filter, SearchRequest& request) {
    const size_t equals = filter.find('=');
    if (equals == 0 || equals == std::string::npos) return base::InvalidField("--filter", "facet=value");
    const std::string facet = filter.substr(0, equals);
    for (search::v1::FacetFilter& known : *request.mutable_filters()) {
      if (known.facet() != facet) continue;
      known.add_values(filter.substr(equals + 1));
      return absl::OkStatus();
    }
    search::v1::FacetFilter* added = request.add_filters();
    added->set_facet(facet);
    added->add_values(filter.substr(equals + 1));
    return absl::OkStatus();
  }

  static void AddFacets(const std::string& list, SearchRequest& request) {
    size_t from = 0;
    while (from <= list.size()) {
      const size_t comma = std::min(list.find(',', from), list.size());
      if (comma > from) request.add_facets(list.substr(from, comma - from));
      from = comma + 1;
    }
  }

  void Print(Session& session, const SearchResponse& answer) const {
    Table hits({"ASSET", "NAME", "OWNERS", "TAGS", "MATCHED", "DESCRIPTION"});
    for (const Hit& hit : answer.hits()) {
      const catalog::v1::AssetSummary& asset = hit.asset();
      hits.Add({{AssetText(asset), Paint::kBold},
                asset.display_name(),
                JoinWords(asset.owners()),
                JoinWords(asset.tags()),
                WhyOf(hit),
                {FirstLine(asset.description()), Paint::kDim}});
    }
    hits.Print(session.screen);
    if (explain_) {
      for (const Hit& hit : answer.hits()) {
        *session.screen.out << ShownText(base::Cat(AssetText(hit.asset().ref()), "  ", hit.explanation())) << '\n';
      }
    }
    for (const search::v1::Facet& facet : answer.facets()) {
      *session.screen.out << '\n';
      Table counts({facet.facet(), ">ASSETS"});
      for (const auto& count : facet.counts()) {
        counts.Add({count.label().empty() ? count.value() : count.label(), base::Cat(count.count())});
      }
      counts.Print(session.screen);
    }
    *session.screen.err << answer.total() << (answer.total() == 1 ? " asset\n" : " assets\n");
    if (!answer.did_you_mean().empty())
      *session.screen.err << "did you mean: " << ShownText(answer.did_you_mean()) << '\n';
    Page::TellMore(session.screen, answer.next_page_token());
  }

  std::string query_, order_by_;
  std::vector<std::string> filters_, facets_;
  bool explain_ = false;
  bool deleted_ = false;
  Page page_;
};

class Suggest final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("PREFIX", &prefix_, "What was typed so far");
    arguments.Number("--limit", &limit_, "Suggestions, 1 to 20");
  }

  absl::Status Run(Session& session) override {
    search::v1::SuggestRequest request;
    request.set_prefix(prefix_);
    request.set_limit(limit_);
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<search::v1::SuggestResponse>(session, "cadastre.search.v1.SearchService/Suggest", request));
    if (session.json) return PrintJson(session, answer);
    Table table({"ASSET", "NAME"});
    for (const search::v1::Suggestion& one : answer.suggestions()) {
      table.Add({{AssetText(one.asset()), Paint::kBold}, one.asset().display_name()});
    }
    table.Print(session.screen);
    if (answer.completions_size() > 0) {
      *session.screen.out << "words: " << ShownText(JoinWords(answer.completions())) << '\n';
    }
    return absl::OkStatus();
  }

 private:
  std::string prefix_;
  int32_t limit_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeSearch() { return std::make_unique<Search>(); }
std::unique_ptr<Command> MakeSuggest() { return std::make_unique<Suggest>(); }

}  // namespace cadastre::cli
