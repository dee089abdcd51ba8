#include "server/wire/search_wire.h"

#include <string>
#include <string_view>
#include <utility>

namespace cadastre::server {
namespace {

namespace v1 = search::v1;

v1::HighlightField FieldOf(const std::string& word) {
  constexpr std::pair<std::string_view, v1::HighlightField> kFields[] = {
      {"name", v1::HIGHLIGHT_FIELD_NAME},     {"title", v1::HIGHLIGHT_FIELD_TITLE},
      {"column", v1::HIGHLIGHT_FIELD_COLUMN}, {"description", v1::HIGHLIGHT_FIELD_DESCRIPTION},
      {"tag", v1::HIGHLIGHT_FIELD_TAG},       {"term", v1::HIGHLIGHT_FIELD_TERM},
      {"owner", v1::HIGHLIGHT_FIELD_OWNER},   {"code", v1::HIGHLIGHT_FIELD_CODE},
  };
  for (const auto& [known, field] : kFields) {
    if (word == known) return field;
  }
  return v1::HIGHLIGHT_FIELD_UNSPECIFIED;
}

void Fill(const search::Highlight& highlight, v1::Highlight* out) {
  out->set_field(FieldOf(highlight.field));
  out->set_text(highlight.text);
  for (const search::Highlight::Range& range : highlight.ranges) {
    out->add_ranges()->set_start(range.start);
    out->mutable_ranges()->rbegin()->set_end(range.end);
  }
}

}  // namespace

void ToProto(const authz::Visible<search::Hit>& hit, v1::Hit& out) {
  out.set_score(hit->score);
  for (const search::Highlight& highlight : hit->highlights) Fill(highlight, out.add_highlights());
  out.set_explanation(hit->explanation);
}

void ToProto(const authz::Visible<search::Suggestion>& suggestion, v1::Suggestion& out) {
  for (const search::Highlight& highlight : suggestion->highlights) Fill(highlight, out.add_highlights());
}

void ToProto(const search::Found& found, v1::SearchResponse& out) {
  out.set_total(found.total);
  for (const search::Facet& facet : found.facets) {
    v1::Facet* one = out.add_facets();
    one->set_facet(facet.facet);
    one->set_truncated(facet.truncated);
    for (const search::FacetCount& count : facet.counts) {
      v1::Facet::Count* value = one->add_counts();
      value->set_value(count.value);
      value->set_count(count.count);
      value->set_label(count.label);
    }
  }
  out.set_did_you_mean(found.did_you_mean);
}

}  // namespace cadastre::server
