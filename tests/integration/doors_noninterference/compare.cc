#include "tests/integration/doors_noninterference/compare.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "base/status.h"

namespace cadastre::noninterference {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

constexpr size_t kPagesMax = 100;

const FieldDescriptor* Field(const Message& message, const std::string& name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

std::string Text(const Message& message, const std::string& name) {
  const FieldDescriptor* field = Field(message, name);
  return field == nullptr ? "" : message.GetReflection()->GetString(message, field);
}

// Revision tokens are sealed with a fresh nonce, page tokens too; the ids of API tokens are random.
void Normalise(Message& message) {
  const Reflection* reflection = message.GetReflection();
  for (const char* opaque : {"revision", "next_page_token"}) {
    const FieldDescriptor* field = Field(message, opaque);
    if (field == nullptr) continue;
    if (!reflection->GetString(message, field).empty()) reflection->SetString(&message, field, "(some)");
  }
  if (auto* tokens = dynamic_cast<authz::v1::ListTokensResponse*>(&message)) {
    for (auto& token : *tokens->mutable_tokens()) token.set_id("(random)");
  }
}

// What makes an answer one, where it says more than that: a walk always names its start.
const std::map<std::string, std::vector<std::string>>& ContentOf() {
  static const std::map<std::string, std::vector<std::string>> fields = {
      {"cadastre.catalog.v1.DiffAssetResponse", {"changes", "columns_added", "columns_removed", "columns_retyped"}},
      {"cadastre.lineage.v1.GetLineageResponse", {"edges"}},
      {"cadastre.lineage.v1.FindPathsResponse", {"paths"}},
      {"cadastre.search.v1.SearchResponse", {"hits"}},
      {"cadastre.search.v1.SuggestResponse", {"suggestions", "completions"}}};
  return fields;
}

bool IsEmpty(const Message& message) {
  const auto content = ContentOf().find(message.GetDescriptor()->full_name());
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return std::all_of(fields.begin(), fields.end(), [&](const FieldDescriptor* field) {
    if (content == ContentOf().end()) return field->name() == "revision";
    return std::count(content->second.begin(), content->second.end(), field->name()) == 0;
  });
}

std::string AuditOf(World& world, const std::string& method, const Message& request, const Answer& answer,
                    const AuditCheck& check) {
  const Status status = answer.status();
  const StatusOr<audit::v1::Record> record = world.LastRecord();
  if (!record.ok()) return std::string(base::MessageOf(record.status()));
  // Refused before anything was read: a malformed request, which no record is owed.
  if (record->request_id() != world.last_request_id()) {
    return absl::IsInvalidArgument(status) || absl::IsUnavailable(status) ? "" : method + " left no record";
  }
  return check.WrongIn(request, answer.ok() ? answer->get() : nullptr, *record);
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  return lines;
}

}  // namespace

Transcript Ask(World& world, const std::string& method, const Message& request, const AuditCheck* check) {
  Transcript out;
  std::unique_ptr<Message> next(request.New());
  next->CopyFrom(request);
  while (out.pages.size() < kPagesMax) {
    Answer answer = world.Call(method, *next);
    if (check != nullptr) out.audit += AuditOf(world, method, *next, answer, *check);
    if (!answer.ok()) {
      out.pages.push_back(answer.status().ToString());
      return out;
    }
    const std::string token = Text(**answer, "next_page_token");
    out.empty = out.empty && IsEmpty(**answer);
    for (const auto& [name, columns] : ShownIn(**answer, "")) {
      if (!name.empty()) out.named.insert(name);
    }
    Normalise(**answer);
    out.pages.push_back((*answer)->Utf8DebugString());
    if (token.empty()) return out;
    next->GetReflection()->SetString(next.get(), Field(*next, "page_token"), token);
  }
  return out;
}

std::string DifferenceOf(const Transcript& whole, const Transcript& without) {
  if (whole.pages == without.pages) return "";
  std::string text =
      base::Cat(whole.pages.size(), " pages over everything, ", without.pages.size(), " without the hidden\n");
  for (size_t page = 0; page < std::max(whole.pages.size(), without.pages.size()); ++page) {
    const std::vector<std::string> a = Lines(page < whole.pages.size() ? whole.pages[page] : "(no page)");
    const std::vector<std::string> b = Lines(page < without.pages.size() ? without.pages[page] : "(no page)");
    size_t first = 0;
    while (first < a.size() && first < b.size() && a[first] == b[first]) ++first;
    if (first == a.size() && first == b.size()) continue;
    text += base::Cat("page ", page, " from line ", first, "\n");
    for (size_t i = first > 6 ? first - 6 : 0; i < std::min(first + 14, a.size()); ++i)
      text += "  whole   | " + a[i] + "\n";
    for (size_t i = first; i < std::min(first + 14, b.size()); ++i) text += "  without | " + b[i] + "\n";
    break;
  }
  return text;
}

}  // namespace cadastre::noninterference
