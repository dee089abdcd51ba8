#include "ingestors/dbt/manifest.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/status.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest_dbt {
namespace {

constexpr std::array<std::pair<std::string_view, NodeKind>, 7> kKinds = {{
    {"model", NodeKind::kModel},
    {"seed", NodeKind::kSeed},
    {"snapshot", NodeKind::kSnapshot},
    {"source", NodeKind::kSource},
    {"test", NodeKind::kTest},
    {"unit_test", NodeKind::kUnitTest},
    {"exposure", NodeKind::kExposure},
}};

NodeKind KindOf(std::string_view word) {
  for (const auto& [known, kind] : kKinds) {
    if (known == word) return kind;
  }
  return NodeKind::kOther;
}

// Names, each once, in their order; one text is a list of one.
std::vector<std::string> NamesIn(JsonValue value, size_t bytes_max) {
  std::vector<std::string> names;
  const auto take = [&](JsonValue item) {
    if (names.size() >= kEntriesMax) return;
    const std::string name = ingest::Mended(item.Text(), bytes_max);
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    if (!name.empty() && !known) names.push_back(name);
  };
  take(value);
  value.EachItem(take);
  return names;
}

void AddNames(std::vector<std::string> more, std::vector<std::string>& names) {
  for (std::string& name : more) {
    if (names.size() >= kEntriesMax) return;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
}

// What people write for an owner: a name, a list of names, or `{name, email}`.
void AddOwners(JsonValue value, std::string_view type, std::vector<Owner>& owners) {
  const auto take = [&](const std::string& name) {
    if (owners.size() >= kEntriesMax) return;
    const Owner owner{name, std::string(type)};
    const bool known = std::find(owners.begin(), owners.end(), owner) != owners.end();
    if (!name.empty() && !known) owners.push_back(owner);
  };
  constexpr size_t kOwnerBytes = 512;
  const auto take_person = [&](JsonValue person) {
    std::vector<std::string> names = NamesIn(person["email"], kOwnerBytes);
    if (names.empty()) names = NamesIn(person["name"], kOwnerBytes);
    for (const std::string& name : names) take(name);
  };
  for (const std::string& name : NamesIn(value, kOwnerBytes)) take(name);
  if (value.is_object()) take_person(value);
  value.EachItem([&](JsonValue item) {
    if (item.is_object()) take_person(item);
  });
}

void Say(std::string_view key, std::string value, Node& node) {
  if (value.empty() || node.properties.size() >= kEntriesMax / 2) return;
  node.properties.emplace(ingest::Mended(key, kPropertyBytesMax), std::move(value));
}

void AddConstraint(JsonValue constraint, Column& column) {
  const std::string_view type = constraint["type"].Text();
  column.not_null = column.not_null || type == "not_null" || type == "primary_key";
  column.primary_key = column.primary_key || type == "primary_key";
  const std::string expression = constraint["expression"].AsText(kPropertyBytesMax);
  if (type.empty() || column.constraints.size() >= kEntriesMax) return;
  column.constraints.push_back(
      base::Cat(ingest::Mended(type, 64), expression.empty() ? "" : base::Cat(" (", expression, ")")));
}

void AddColumns(JsonValue columns, Node& node) {
  columns.EachMember([&](std::string_view key, JsonValue value) {
    if (node.columns.size() >= kDependenciesMax) return;
    Column column;
    column.name = NameOf(value["name"]);
    if (column.name.empty()) column.name = std::string(key.substr(0, kNameBytesRead));
    column.description = value["description"].AsText(kTextBytesMax);
    column.type = value["data_type"].AsText(kPropertyBytesMax);
    column.tags = NamesIn(value["tags"], 256);
    AddNames(NamesIn(value["config"]["tags"], 256), column.tags);
    value["constraints"].EachItem([&](JsonValue constraint) { AddConstraint(constraint, column); });
    if (!column.name.empty()) node.columns.push_back(std::move(column));
  });
}

// Keys that a table as a whole is declared to have.
void AddTableConstraints(JsonValue constraints, Node& node) {
  constraints.EachItem([&](JsonValue constraint) {
    const std::string type(constraint["type"].Text());
    std::string told;
    for (const std::string& name : NamesIn(constraint["columns"], kNameBytesRead)) {
      told += base::Cat(told.empty() ? "" : ", ", name);
      for (Column& column : node.columns) {
        if (column.name != name || type != "primary_key") continue;
        column.primary_key = column.not_null = true;
      }
    }
    const std::string expression = constraint["expression"].AsText(kPropertyBytesMax);
    if (told.empty()) told = expression;
    if (!type.empty()) Say(base::Cat("constraint ", type, " ", told.substr(0, 200)), told.empty() ? type : told, node);
  });
}

void AddMeta(JsonValue meta, Node& node) {
  meta.EachMember([&](std::string_view key, JsonValue value) {
    if (key == "owner") return;
    Say(base::Cat("meta.", key.substr(0, kPropertyBytesMax)), value.AsText(kPropertyBytesMax), node);
  });
  AddOwners(meta["owner"], "", node.owners);
}

void AddDependencies(JsonValue value, Node& node) {
  const JsonValue ids = value["depends_on"]["nodes"];
  node.dependencies_stated = ids.is_list() || node.kind == NodeKind::kSeed || node.kind == NodeKind::kSource;
  size_t count = 0;
  ids.EachItem([&](JsonValue id) {
    // A part of them would pass for all of them.
    if (++count > kDependenciesMax || id.Text().empty()) node.dependencies_stated = false;
    if (count <= kDependenciesMax && !id.Text().empty()) node.dependencies.push_back(NameOf(id));
  });
  std::sort(node.dependencies.begin(), node.dependencies.end());
  node.dependencies.erase(std::unique(node.dependencies.begin(), node.dependencies.end()), node.dependencies.end());
}

std::string ExpectedOf(JsonValue threshold) {
  std::string text = threshold.AsText(256), bare;
  for (const char c : text) {
    if (c != ' ') bare += c;
  }
  return bare.empty() || bare == "!=0" ? "0" : text;
}

void ReadTest(JsonValue value, Node& node) {
  const JsonValue generic = value["test_metadata"];
  node.assertion = generic.present() ? generic["name"].AsText(512) : ingest::Mended(node.name, 512);
  node.column = NameOf(generic["kwargs"]["column_name"]);
  if (node.column.empty()) node.column = NameOf(value["column_name"]);
  // A column's name may stand in the quotes that SQL needs.
  if (node.column.size() > 2 && node.column.front() == node.column.back() &&
      (node.column.front() == '"' || node.column.front() == '`')) {
    node.column = node.column.substr(1, node.column.size() - 2);
  }
  node.attached_node = NameOf(value["attached_node"]);
  const JsonValue config = value["config"];
  node.severity = config["severity"].AsText(64);
  std::transform(node.severity.begin(), node.severity.end(), node.severity.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  node.expected_of_error = ExpectedOf(config["error_if"]);
  node.expected_of_warning = ExpectedOf(config["warn_if"]);
  if (node.kind == NodeKind::kUnitTest) node.assertion = "unit_test";
}

std::string LimitOf(JsonValue limit, std::string_view word) {
  const std::optional<int64_t> count = limit["count"].Whole();
  if (!count.has_value()) return "";
  return base::Cat(word, " after ", *count, " ", limit["period"].AsText(32), *count == 1 ? "" : "s");
}

void ReadSource(JsonValue value, Node& node) {
  if (const std::string identifier = NameOf(value["identifier"]); !identifier.empty()) node.identifier = identifier;
  const JsonValue freshness = value["freshness"].present() ? value["freshness"] : value["config"]["freshness"];
  node.freshness = LimitOf(freshness["warn_after"], "warning");
  if (const std::string error = LimitOf(freshness["error_after"], "error"); !error.empty()) {
    node.freshness += base::Cat(node.freshness.empty() ? "" : ", ", error);
  }
  Say("source", value["source_name"].AsText(kPropertyBytesMax), node);
  Say("about the source", value["source_description"].AsText(kPropertyBytesMax), node);
  Say("loader", value["loader"].AsText(kPropertyBytesMax), node);
  Say("loaded at", value["loaded_at_field"].AsText(kPropertyBytesMax), node);
  AddMeta(value["source_meta"], node);
}

void ReadExposure(JsonValue value, Node& node) {
  node.exposure_type = value["type"].AsText(64);
  node.label = value["label"].AsText(512);
  node.url = value["url"].AsText(2'048);
  AddOwners(value["owner"], "", node.owners);
  Say("maturity", value["maturity"].AsText(64), node);
}

void ReadModel(JsonValue value, Node& node) {
  const JsonValue config = value["config"];
  node.language = value["language"].AsText(64);
  node.raw_code = value["raw_code"].AsText(kCodeBytesMax);
  node.compiled_code = value["compiled_code"].AsText(kCodeBytesMax);
  node.deprecation_date = value["deprecation_date"].AsText(64);
  node.contract_enforced =
      value["contract"]["enforced"].Bool().value_or(config["contract"]["enforced"].Bool().value_or(false));
  Say("materialized", node.materialized, node);
  Say("incremental strategy", config["incremental_strategy"].AsText(256), node);
  Say("unique key", config["unique_key"].AsText(kPropertyBytesMax), node);
  Say("access", value["access"].AsText(64), node);
  Say("version", value["version"].AsText(64), node);
}

Node ReadNode(std::string_view id, NodeKind kind, JsonValue value) {
  Node node;
  node.id = std::string(id);
  node.kind = kind;
  node.package = NameOf(value["package_name"]);
  node.name = NameOf(value["name"]);
  node.database = NameOf(value["database"]);
  node.schema = NameOf(value["schema"]);
  node.identifier = NameOf(value["alias"]);
  if (node.identifier.empty()) node.identifier = node.name;
  node.materialized = value["config"]["materialized"].AsText(64);
  node.description = value["description"].AsText(kTextBytesMax);
  node.path = value["original_file_path"].AsText(kPropertyBytesMax);
  AddColumns(value["columns"], node);
  AddTableConstraints(value["constraints"], node);
  node.tags = NamesIn(value["tags"], 256);
  AddNames(NamesIn(value["config"]["tags"], 256), node.tags);
  AddDependencies(value, node);
  AddMeta(value["meta"], node);
  AddMeta(value["config"]["meta"], node);
  if (kind == NodeKind::kSource) ReadSource(value, node);
  if (kind == NodeKind::kExposure) ReadExposure(value, node);
  if (kind == NodeKind::kTest || kind == NodeKind::kUnitTest) ReadTest(value, node);
  if (kind == NodeKind::kModel || kind == NodeKind::kSeed || kind == NodeKind::kSnapshot) ReadModel(value, node);
  Say("group", value["group"].AsText(256), node);
  return node;
}

class Reader {
 public:
  explicit Reader(JsonValue root) : root_(root) {}

  void Read(Manifest& manifest) {
    for (const std::string_view list :
         {"nodes", "sources", "exposures", "unit_tests", "metrics", "semantic_models", "saved_queries", "functions"}) {
      root_[list].EachMember([&](std::string_view id, JsonValue value) { Take(id, value, manifest); });
    }
    root_["disabled"].EachMember(
        [&](std::string_view id, JsonValue) { manifest.disabled.emplace(id.substr(0, kNameBytesRead)); });
    AddGroups(manifest);
    manifest.not_whole = WhyNotWhole(manifest);
  }

 private:
  static void Take(std::string_view id, JsonValue value, Manifest& manifest) {
    if (!value.is_object() || id.empty() || id.size() > kNameBytesRead) {
      ++manifest.nodes_left_out;
      return;
    }
    std::string_view word = value["resource_type"].Text();
    if (word.empty()) word = id.substr(0, id.find('.'));
    manifest.nodes.emplace(std::string(id), ReadNode(id, KindOf(word), value));
  }

  // A group's owner owns what is in it.
  void AddGroups(Manifest& manifest) const {
    std::map<std::string, std::vector<Owner>> owners;
    root_["groups"].EachMember([&](std::string_view, JsonValue group) {
      AddOwners(group["owner"], "group", owners[group["name"].AsText(256)]);
    });
    for (auto& [id, node] : manifest.nodes) {
      const auto group = node.properties.find("group");
      if (group == node.properties.end()) continue;
      const auto found = owners.find(group->second);
      if (found == owners.end()) continue;
      node.owners.insert(node.owners.end(), found->second.begin(), found->second.end());
    }
  }

  // dbt writes who stands above whom of all that it parsed; who leaves nodes out leaves that as it was.
  std::string WhyNotWhole(const Manifest& manifest) const {
    if (!root_["nodes"].is_object() || !root_["sources"].is_object()) return "it has no list of nodes and sources";
    if (!root_["parent_map"].is_object()) return "it does not say what depends on what (parent_map)";
    if (manifest.nodes_left_out > 0) {
      return base::Cat(manifest.nodes_left_out, " of its nodes cannot be read");
    }
    std::string missing;
    root_["parent_map"].EachMember([&](std::string_view id, JsonValue) {
      const NodeKind kind = KindOf(id.substr(0, id.find('.')));
      const std::string known(id.substr(0, kNameBytesRead));
      if (!missing.empty() || kind == NodeKind::kOther || manifest.nodes.contains(known)) return;
      if (!manifest.disabled.contains(known)) missing = ingest::Mended(known, 512);
    });
    return missing.empty() ? "" : base::Cat("it is a part of a project: it names ", missing, " and does not have it");
  }

  JsonValue root_;
};

}  // namespace

std::string_view WordOf(NodeKind kind) {
  for (const auto& [word, known] : kKinds) {
    if (known == kind) return word;
  }
  return "other";
}

absl::StatusOr<Manifest> ParseManifest(std::string_view path, std::string bytes) {
  ASSIGN_OR_RETURN(const JsonFile file, JsonFile::Parse(path, std::move(bytes)));
  Manifest manifest;
  ASSIGN_OR_RETURN(manifest.head, HeadOf(path, kManifestKind, file.root()));
  Reader(file.root()).Read(manifest);
  return manifest;
}

}  // namespace cadastre::ingest_dbt
