// Small OpenLineage events for tests, and what became of them as text that reads like data.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "ingestors/openlineage/map.h"
#include "ingestors/openlineage/parse.h"

namespace cadastre::openlineage {

// A COMPLETE event of job n#j with these members besides.
inline std::string RunEvent(std::string_view run_facets, std::string_view job_facets, std::string_view members) {
  std::string json = R"({"eventTime":"2026-03-01T09:30:00Z","eventType":"COMPLETE","producer":"p","schemaURL":"s",)"
                     R"("run":{"runId":"0190a1b2-0000-7000-8000-000000000001","facets":{)";
  json += run_facets;
  json += R"(}},"job":{"namespace":"n","name":"j","facets":{)";
  json += job_facets;
  json += "}}";
  if (!members.empty()) json += ",";
  json += members;
  return json + "}";
}

inline MappedEvent MapText(const std::string& json, const MapOptions& options = {}) {
  absl::StatusOr<Event> event = Parse(json);
  EXPECT_TRUE(event.ok()) << event.status() << " of " << json;
  return event.ok() ? Map(*event, options) : MappedEvent();
}

inline std::string ColumnText(const ColumnPath& path) {
  std::string text;
  for (const std::string& segment : path) text += (text.empty() ? "" : ">") + segment;
  return text;
}

// `documentation { text: "x" }`; ` @a>b` behind aspects of a column.
inline std::vector<std::string> AspectTexts(const MappedEvent& event) {
  std::vector<std::string> texts;
  for (const MappedAspect& aspect : event.aspects) {
    std::string text = aspect.aspect.ShortDebugString();
    if (!aspect.column.empty()) text += " @" + ColumnText(aspect.column);
    if (aspect.deleted) text += " deleted";
    texts.push_back(text);
  }
  return texts;
}

inline std::vector<std::string> Texts(const std::vector<catalog::v1::Aspect>& aspects) {
  std::vector<std::string> texts;
  for (const catalog::v1::Aspect& aspect : aspects) texts.push_back(aspect.ShortDebugString());
  return texts;
}

// `derives a#x -> a#y by n#j (lineage) [c -> d DIRECT/IDENTITY]`.
inline std::vector<std::string> EdgeTexts(const MappedEvent& event) {
  constexpr const char* kKinds[] = {"consumes", "produces", "derives", "triggers"};
  constexpr const char* kBases[] = {" (lineage)", " (columns)", "", " (dependencies)"};
  std::vector<std::string> texts;
  for (const MappedEdge& edge : event.edges) {
    std::string text = std::string(kKinds[static_cast<int>(edge.kind)]) + " " + edge.from.ns + "#" + edge.from.name +
                       " -> " + edge.to.ns + "#" + edge.to.name;
    if (edge.job.has_value()) text += " by " + edge.job->ns + "#" + edge.job->name;
    text += kBases[static_cast<int>(edge.basis)];
    if (edge.covered) text += " covered";
    for (const ColumnPair& pair : edge.columns) {
      text += " [" + ColumnText(pair.from) + " -> " + ColumnText(pair.to);
      if (!pair.type.empty() || !pair.subtype.empty()) text += " " + pair.type + "/" + pair.subtype;
      if (!pair.description.empty()) text += " '" + pair.description + "'";
      if (pair.masking) text += " masking";
      text += "]";
    }
    texts.push_back(text);
  }
  return texts;
}

inline std::vector<std::string> WarningTexts(const MappedEvent& event) {
  std::vector<std::string> texts;
  for (const Warning& warning : event.warnings) texts.push_back(warning.cause + " " + warning.field);
  return texts;
}

}  // namespace cadastre::openlineage
