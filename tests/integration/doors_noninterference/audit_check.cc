#include "tests/integration/doors_noninterference/audit_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "cadastre/search/v1/search.pb.h"

namespace cadastre::noninterference {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Fields that name columns: segments of one path, or whole paths.
const std::set<std::string> kSegments = {"cadastre.catalog.v1.Column.path", "cadastre.catalog.v1.ColumnRef.path"};
const std::set<std::string> kPaths = {"cadastre.catalog.v1.Tags.Tag.field", "cadastre.catalog.v1.Profile.Column.column",
                                      "cadastre.catalog.v1.QualityResults.Result.column",
                                      "cadastre.catalog.v1.Partitioning.columns"};

std::vector<std::string> TextsOf(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  if (!field->is_repeated()) return {reflection->GetString(message, field)};
  std::vector<std::string> texts;
  texts.reserve(static_cast<size_t>(reflection->FieldSize(message, field)));
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    texts.push_back(reflection->GetRepeatedString(message, field, i));
  }
  return texts;
}

std::vector<const Message*> MessagesOf(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  if (!field->is_repeated()) return {&reflection->GetMessage(message, field)};
  std::vector<const Message*> messages;
  messages.reserve(static_cast<size_t>(reflection->FieldSize(message, field)));
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    messages.push_back(&reflection->GetRepeatedMessage(message, field, i));
  }
  return messages;
}

std::string Joined(const std::vector<std::string>& segments) {
  std::string text;
  for (const std::string& segment : segments) text += (text.empty() ? "" : ".") + segment;
  return text;
}

// A message's own asset: its field `ref` or `dataset`, or that of its summary.
std::string OwnAsset(const Message& message, const std::string& about) {
  for (const char* name : {"ref", "dataset", "asset"}) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || field->is_repeated() || field->message_type() == nullptr) continue;
    // A column named without its asset is one of the asset the message around it is about.
    if (!message.GetReflection()->HasField(message, field)) continue;
    const Message& own = message.GetReflection()->GetMessage(message, field);
    if (own.GetDescriptor() == v1::AssetRef::descriptor()) return TextOf(static_cast<const v1::AssetRef&>(own));
    if (own.GetDescriptor() == v1::AssetSummary::descriptor()) {
      return TextOf(static_cast<const v1::AssetSummary&>(own).ref());
    }
  }
  return about;
}

void CollectFields(const google::protobuf::RepeatedPtrField<v1::SchemaField>& fields, const std::string& above,
                   std::set<std::string>& out) {
  for (const v1::SchemaField& field : fields) {
    const std::string path = above.empty() ? field.name() : above + "." + field.name();
    out.insert(path);
    CollectFields(field.fields(), path, out);
  }
}

// An asset that JSON names is one of any kind.
constexpr char kAnyKind[] = "?";

void CollectJson(const std::string& json, Shown& out) {
  const std::string before = R"({"namespace":")";
  const std::string between = R"(","name":")";
  for (size_t at = json.find(before); at != std::string::npos; at = json.find(before, at + 1)) {
    const size_t ns = at + before.size();
    const size_t end = json.find(between, ns);
    const size_t name = end + between.size();
    out[kAnyKind + json.substr(ns, end - ns) + "#" + json.substr(name, json.find('"', name) - name)];
  }
}

// What JSON names is one of the assets there are, by their text forms.
Shown WithKinds(const std::map<std::string, std::string>& assets, Shown shown) {
  while (!shown.empty() && shown.begin()->first.starts_with(kAnyKind)) {
    const std::string text = shown.begin()->first.substr(1);
    for (const auto& [name, group] : assets) {
      if (name.substr(name.find(':') + 1) == text) shown[name];
    }
    shown.erase(shown.begin());
  }
  return shown;
}

void Collect(const Message& message, const std::string& about, Shown& out) {
  if (message.GetDescriptor() == v1::AssetRef::descriptor()) {
    out[TextOf(static_cast<const v1::AssetRef&>(message))];
    return;
  }
  // Columns of the edge's ends, which are nodes of the same answer and stand there as they are recorded.
  if (message.GetDescriptor() == lineage::v1::ColumnPair::descriptor()) return;
  const std::string own = OwnAsset(message, about);
  if (message.GetDescriptor() == v1::Schema::descriptor()) {
    return CollectFields(static_cast<const v1::Schema&>(message).fields(), "", out[own]);
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (kSegments.contains(field->full_name())) {
      out[own].insert(Joined(TextsOf(message, field)));
    } else if (kPaths.contains(field->full_name())) {
      for (std::string& path : TextsOf(message, field)) out[own].insert(std::move(path));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      for (const std::string& text : TextsOf(message, field)) CollectJson(text, out);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      for (const Message* inner : MessagesOf(message, field)) Collect(*inner, own, out);
    }
  }
}

// The asset a request is about, under its own name where the request spells a part of it.
std::string AboutOf(const Message& request) {
  const std::string text = OwnAsset(request, "");
  return text.substr(0, std::min(text.find("/date="), text.find(".sql.")));
}

}  // namespace

std::string TextOf(const v1::AssetRef& ref) { return ref.kind() + ":" + ref.namespace_() + "#" + ref.name(); }

Shown ShownIn(const Message& message, const std::string& about) {
  Shown shown;
  Collect(message, about, shown);
  return shown;
}

AuditCheck::AuditCheck(const Script& script) {
  for (const Asset& asset : script.assets) {
    const std::string text = TextOf(RefOf(asset.name));
    groups_[text] = text;
  }
  for (const Write& write : script.writes) {
    const auto* statement = std::get_if<Statement>(&write);
    if (statement == nullptr) continue;
    for (const v1::AliasUpsert& alias : statement->request.aliases()) {
      const std::string from = groups_[TextOf(alias.from())];
      const std::string to = groups_[TextOf(alias.to())];
      for (auto& [name, group] : groups_) {
        if (group == from) group = to;
      }
    }
  }
}

const std::string& AuditCheck::GroupOf(const std::string& name) const {
  const auto found = groups_.find(name);
  return found == groups_.end() ? name : found->second;
}

std::string AuditCheck::WrongIn(const Message& request, const Message* answer, const audit::v1::Record& record) const {
  const std::string about = AboutOf(request);
  const Shown shown = answer == nullptr ? Shown() : WithKinds(groups_, ShownIn(*answer, about));
  Shown asked = ShownIn(request, "");
  if (!about.empty()) asked[about];
  std::set<std::string> groups;
  for (const Shown* named : {&shown, static_cast<const Shown*>(&asked)}) {
    for (const auto& [name, columns] : *named) groups.insert(GroupOf(name));
  }
  Shown recorded;
  for (const audit::v1::ShownAsset& one : record.shown()) {
    std::set<std::string>& columns = recorded[TextOf(one.asset())];
    for (const v1::ColumnRef& column : one.columns())
      columns.insert(Joined({column.path().begin(), column.path().end()}));
  }
  std::string wrong;
  for (const auto& [name, columns] : shown) {
    if (!recorded.contains(name)) wrong += "shown but not recorded: " + name + "\n";
    for (const std::string& column : columns) {
      if (!column.empty() && !recorded[name].contains(column)) {
        wrong += base::Cat("shown but not recorded: column ", column, " of ", name, "\n");
      }
    }
  }
  const bool hits = answer != nullptr && answer->GetDescriptor() == search::v1::SearchResponse::descriptor();
  for (const auto& [name, columns] : recorded) {
    const auto seen = shown.find(name);
    if (seen == shown.end() && !groups.contains(GroupOf(name))) wrong += "recorded but not shown: " + name + "\n";
    const std::string& group = GroupOf(name);
    const bool merged =
        std::count_if(groups_.begin(), groups_.end(), [&group](const auto& one) { return one.second == group; }) > 1;
    for (const std::string& column : columns) {
      if (hits || merged || (seen != shown.end() && seen->second.contains(column))) continue;
      wrong += base::Cat("recorded but not shown: column ", column, " of ", name, "\n");
    }
  }
  return wrong;
}

}  // namespace cadastre::noninterference
