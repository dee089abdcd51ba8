// Column lineage, explicit lineage and the SQL behind them.
#include <algorithm>
#include <iterator>
#include <utility>

#include "demo/facets.h"

namespace cadastre::demo {
namespace {

json::object Transformation(const Origin& origin) {
  const bool direct = origin.op != "filter" && origin.op != "join" && origin.op != "group";
  json::object transformation{{"type", direct ? "DIRECT" : "INDIRECT"}};
  const auto say = [&](const char* subtype, std::string description, bool masking) {
    transformation["subtype"] = subtype;
    transformation["description"] = std::move(description);
    transformation["masking"] = masking;
  };
  if (origin.op == "id") say("IDENTITY", "", false);
  if (origin.op == "expr") say("TRANSFORMATION", "", false);
  if (origin.op == "hash") say("TRANSFORMATION", "sha256(salt || " + origin.column + ")", true);
  if (origin.op == "filter") say("FILTER", "", false);
  if (origin.op == "join") say("JOIN", "", false);
  if (origin.op == "group") say("GROUP_BY", "", false);
  if (origin.op == "count" || origin.op == "distinct") say("AGGREGATION", "count(" + origin.column + ")", true);
  if (origin.op == "sum" || origin.op == "avg" || origin.op == "min" || origin.op == "max") {
    say("AGGREGATION", origin.op + "(" + origin.column + ")", false);
  }
  return transformation;
}

bool Reads(const Telling& telling, const std::string& key) {
  const std::vector<std::string>& inputs = telling.scene.InputsAt(*telling.job, telling.time);
  return std::find(inputs.begin(), inputs.end(), key) != inputs.end();
}

json::object InputField(const Telling& telling, const Origin& origin) {
  const Dataset& from = telling.scene.company->DatasetOf(origin.dataset);
  return {{"namespace", from.ns},
          {"name", telling.scene.NameAt(from, telling.time)},
          {"field", origin.column},
          {"transformations", List({Transformation(origin)})}};
}

json::object LineageInput(const Telling& telling, const Dataset& from) {
  return {{"namespace", from.ns}, {"name", telling.scene.NameAt(from, telling.time)}, {"type", "DATASET"}};
}

// How SQL names a dataset: a folder of the lake is a foreign table.
std::string TableOf(const Telling& telling, const Dataset& dataset) {
  std::string table = telling.scene.NameAt(dataset, telling.time);
  for (char& c : table) c = c == '/' ? '.' : c;
  return table;
}

std::string AliasOf(const std::string& key) { return key.substr(key.rfind('.') + 1); }

bool Aggregates(const Column& column) {
  static constexpr const char* kAggregates[] = {"sum", "count", "avg", "min", "max", "distinct"};
  if (column.from.empty()) return false;
  return std::any_of(std::begin(kAggregates), std::end(kAggregates),
                     [&](const char* op) { return column.from.front().op == op; });
}

// The column both sides have: the one the tables say they are joined by, else a key of the joined table.
std::string JoinOf(const Dataset& output, const Dataset& joined) {
  for (const Origin& origin : output.shaped_by) {
    if (origin.op == "join" && origin.dataset == joined.key) return " using (" + origin.column + ")";
  }
  for (const Origin& origin : output.shaped_by) {
    if (origin.op != "join") continue;
    for (const Column& column : joined.columns) {
      if (column.name == origin.column) return " using (" + origin.column + ")";
    }
  }
  return " using (" + joined.columns.front().name + ")";
}

std::string ConditionOf(const Dataset& output) {
  for (const Origin& origin : output.shaped_by) {
    if (origin.op == "filter") return "\nwhere " + AliasOf(origin.dataset) + "." + origin.column + " is not null";
  }
  return "";
}

std::string GroupingOf(const Dataset& output) {
  if (std::none_of(output.columns.begin(), output.columns.end(), Aggregates)) return "";
  std::string grouping;
  for (size_t i = 0; i < output.columns.size(); ++i) {
    const Column& column = output.columns[i];
    const bool key = column.primary_key || (!column.from.empty() && column.from.front().op == "id");
    if (!key) continue;
    grouping += (grouping.empty() ? "\ngroup by " : ", ") + std::to_string(i + 1);
  }
  return grouping;
}

std::string Expression(const Column& column) {
  if (column.from.empty()) return "null as " + column.name;
  const Origin& first = column.from.front();
  const std::string table = AliasOf(first.dataset);
  const std::string value = table + "." + first.column;
  if (first.op == "id") return first.column == column.name ? value : value + " as " + column.name;
  if (first.op == "hash") return "encode(sha256((haru.salt() || " + value + ")::bytea), 'hex') as " + column.name;
  if (first.op == "distinct") return "count(distinct " + value + ") as " + column.name;
  if (first.op != "expr") return first.op + "(" + value + ") as " + column.name;
  std::string call = "haru." + column.name + "(";
  for (const Origin& origin : column.from) {
    if (&origin != &first) call += ", ";
    call += AliasOf(origin.dataset) + "." + origin.column;
  }
  return call + ") as " + column.name;
}

}  // namespace

json::object ColumnLineage(const Telling& telling, const Dataset& output) {
  json::object fields;
  for (const Column& column : telling.scene.ColumnsAt(output, telling.time)) {
    json::array inputs;
    for (const Origin& origin : column.from) {
      if (Reads(telling, origin.dataset)) inputs.push_back(InputField(telling, origin));
    }
    if (!inputs.empty()) fields[column.name] = json::object{{"inputFields", std::move(inputs)}};
  }
  if (fields.empty()) return {};
  json::object facet = Facet(telling.tool, "ColumnLineageDatasetFacet");
  facet["fields"] = std::move(fields);
  json::array shaped;
  for (const Origin& origin : output.shaped_by) {
    if (Reads(telling, origin.dataset)) shaped.push_back(InputField(telling, origin));
  }
  if (!shaped.empty()) facet["dataset"] = std::move(shaped);
  return facet;
}

json::object JobLineage(const Telling& telling) {
  json::array entries;
  for (const std::string& key : telling.job->outputs) {
    const Dataset& output = telling.scene.company->DatasetOf(key);
    json::array inputs;
    for (const std::string& from : telling.scene.InputsAt(*telling.job, telling.time)) {
      inputs.push_back(LineageInput(telling, telling.scene.company->DatasetOf(from)));
    }
    json::object fields;
    for (const Column& column : output.columns) {
      json::array sources;
      for (const Origin& origin : column.from) {
        if (!Reads(telling, origin.dataset)) continue;
        json::object source = InputField(telling, origin);
        source["type"] = "DATASET";
        sources.push_back(std::move(source));
      }
      if (!sources.empty()) fields[column.name] = json::object{{"inputs", std::move(sources)}};
    }
    json::object entry{
        {"namespace", output.ns}, {"name", output.name}, {"type", "DATASET"}, {"inputs", std::move(inputs)}};
    if (!fields.empty()) entry["fields"] = std::move(fields);
    entries.push_back(std::move(entry));
  }
  json::object facet = Facet(telling.tool, "LineageJobFacet");
  facet["entries"] = std::move(entries);
  return facet;
}

std::string SqlOf(const Telling& telling, const Dataset& output) {
  std::string sql = telling.tool == Tool::kDbt ? "create table " : "insert into ";
  sql += TableOf(telling, output) + (telling.tool == Tool::kDbt ? " as\nselect\n" : "\nselect\n");
  bool first = true;
  for (const Column& column : telling.scene.ColumnsAt(output, telling.time)) {
    sql += std::string(first ? "    " : ",\n    ") + Expression(column);
    first = false;
  }
  const std::vector<std::string>& inputs = telling.scene.InputsAt(*telling.job, telling.time);
  for (const std::string& key : inputs) {
    const Dataset& from = telling.scene.company->DatasetOf(key);
    const std::string table = TableOf(telling, from);
    const bool leads = key == inputs.front();
    sql += (leads ? "\nfrom " : "\nleft join ") + table + " as " + AliasOf(key) + (leads ? "" : JoinOf(output, from));
  }
  return sql + ConditionOf(output) + GroupingOf(output);
}

}  // namespace cadastre::demo
