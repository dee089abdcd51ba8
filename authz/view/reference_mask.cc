#include "authz/view/reference_mask.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authz/view/json_references.h"
#include "authz/view/verbatim_facets.h"

namespace cadastre::authz {
namespace {

using catalog::v1::Aspect;
using catalog::v1::AssetRef;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Kinds with texts that were JSON where they come from, whole or in part.
constexpr std::array kWithJson = {Aspect::kCatalogEntry,        Aspect::kQualityResults, Aspect::kFacet,
                                  Aspect::kExecutionParameters, Aspect::kTestExecution,  Aspect::kSubset,
                                  Aspect::kIcebergReport};

bool HoldsRefs(const Descriptor* type) {
  for (int i = 0; i < type->field_count(); ++i) {
    const Descriptor* inner = type->field(i)->message_type();
    if (inner == nullptr || inner == type) continue;
    if (inner == AssetRef::descriptor() || HoldsRefs(inner)) return true;
  }
  return false;
}

struct Kinds {
  std::set<uint32_t> with_refs;
  std::set<uint32_t> with_json;
};

const Kinds& KindsThatName() {
  static const Kinds* const kinds = [] {
    auto* made = new Kinds();
    const auto* oneof = Aspect::descriptor()->FindOneofByName("value");
    for (int i = 0; i < oneof->field_count(); ++i) {
      const FieldDescriptor* field = oneof->field(i);
      if (HoldsRefs(field->message_type())) made->with_refs.insert(static_cast<uint32_t>(field->number()));
    }
    for (const auto kind : kWithJson) made->with_json.insert(static_cast<uint32_t>(kind));
    return made;
  }();
  return *kinds;
}

class ReferenceMask {
 public:
  // `columns`: of what is named, no column may be hidden either.
  ReferenceMask(ColumnSight* sight, bool columns) : sight_(*sight), columns_(columns) {}

  // What is named by that which stays.
  const std::vector<AssetId>& kept() const { return kept_; }

  // False where it is, or was, a ref to what is not seen.
  bool SeesRef(const AssetRef& ref) {
    const StatusOr<AssetName> name = base::MakeAssetName(ref.kind(), ref.namespace_(), ref.name());
    if (!name.ok()) return false;
    const std::optional<AssetId> found = sight_.Find(*name);
    if (found) kept_.push_back(*found);
    return found || sight_.noting();
  }

  // Removes refs, and entries of lists that hold one; true where something went.
  bool CutRefs(Message& message) {
    bool cut = false;
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->message_type() == nullptr || field->is_map()) continue;
      if (field->is_repeated()) {
        cut = KeepEntries(message, field, [&](Message& entry) { return !CutRefs(entry); }) || cut;
      } else if (field->message_type() == AssetRef::descriptor()) {
        const auto& ref = static_cast<const AssetRef&>(message.GetReflection()->GetMessage(message, field));
        if (SeesRef(ref)) continue;
        message.GetReflection()->ClearField(&message, field);
        cut = true;
      } else {
        cut = CutRefs(*message.GetReflection()->MutableMessage(&message, field)) || cut;
      }
    }
    return cut;
  }

  // The same of texts that are JSON, and of maps that name an asset as an object of JSON would.
  bool CutJson(Message& message) {
    bool cut = false;
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->is_map()) {
        cut = CutMap(message, field) || cut;
      } else if (field->is_repeated()) {
        if (field->message_type() == nullptr) continue;
        cut = KeepEntries(message, field, [&](Message& entry) { return !CutJson(entry); }) || cut;
      } else if (field->message_type() != nullptr) {
        cut = CutJson(*reflection.MutableMessage(&message, field)) || cut;
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        std::string text = reflection.GetString(message, field);
        if (!IsJson(text) || CutText(&text) == Cut::kNothing) continue;
        reflection.SetString(&message, field, text);
        cut = true;
      }
    }
    return cut;
  }

  Cut CutText(std::string* json) {
    std::string whole = *json;
    const FindStated find = [this](const StatedName& stated) { return FindStatedName(stated); };
    const Cut cut = CutUnseen(json, find, &kept_);
    if (cut != Cut::kAll || !sight_.ShowsEveryAsset()) return cut;
    *json = std::move(whole);
    return Cut::kNothing;
  }

 private:
  static bool IsJson(const std::string& text) {
    const size_t first = text.find_first_not_of(" \t\r\n");
    return first != std::string::npos && (text[first] == '{' || text[first] == '[');
  }

  std::optional<AssetId> FindStatedName(const StatedName& stated) const {
    const auto find = [&](AssetKind kind) -> std::optional<AssetId> {
      const AssetName name{kind, stated.ns, stated.name};
      if (!base::CheckAssetName(name).ok()) return std::nullopt;
      return sight_.Find(name);
    };
    std::optional<AssetId> found = find(stated.job ? AssetKind::kJob : AssetKind::kDataset);
    // It may be that of an asset of any other kind.
    for (uint8_t kind = 1; !found && !stated.job && kind <= base::kAssetKindMax; ++kind) {
      found = find(static_cast<AssetKind>(kind));
    }
    if (found && columns_ && !sight_.SeesAllOf(*found)) return std::nullopt;
    return found || !sight_.ShowsEveryAsset() ? found : AssetId();
  }

  template <typename Keep>
  bool KeepEntries(Message& message, const FieldDescriptor* field, Keep keep) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, field);
    int kept = 0;
    for (int i = 0; i < size; ++i) {
      const size_t kept_before = kept_.size();
      if (!keep(*reflection.MutableRepeatedMessage(&message, field, i))) {
        kept_.resize(kept_before);
        continue;
      }
      if (kept != i) reflection.SwapElements(&message, field, kept, i);
      ++kept;
    }
    for (int i = kept; i < size; ++i) reflection.RemoveLast(&message, field);
    return kept < size;
  }

  bool CutMap(Message& message, const FieldDescriptor* field) {
    if (field->message_type()->map_value()->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return false;
    NamingMembers members;
    bool cut = KeepEntries(message, field, [&](Message& entry) {
      const FieldDescriptor* value = entry.GetDescriptor()->FindFieldByNumber(2);
      std::string text = entry.GetReflection()->GetString(entry, value);
      members.Add(entry.GetReflection()->GetString(entry, entry.GetDescriptor()->FindFieldByNumber(1)), text);
      return !IsJson(text) || CutText(&text) == Cut::kNothing;
    });
    std::vector<StatedName> names;
    bool seen = members.Names("", &names);
    for (const StatedName& name : names) {
      const std::optional<AssetId> found = FindStatedName(name);
      if (found && found->valid()) kept_.push_back(*found);
      seen = seen && found;
    }
    if (!seen) message.GetReflection()->ClearField(&message, field);
    return cut || !seen;
  }

  ColumnSight& sight_;
  const bool columns_;
  std::vector<AssetId> kept_;
};

// With a job goes the run of it.
bool MaskParent(catalog::v1::ParentRun& parent, ReferenceMask& mask) {
  if (!parent.has_job() || !mask.SeesRef(parent.job())) {
    parent.clear_job();
    parent.clear_run_id();
  }
  if (!parent.has_root_job() || !mask.SeesRef(parent.root_job())) {
    parent.clear_root_job();
    parent.clear_root_run_id();
  }
  return parent.has_job() || parent.has_root_job();
}

// Of the kinds that are nothing but what they refer to.
bool IsLeft(const Aspect& aspect) {
  switch (aspect.value_case()) {
    case Aspect::kContainer: return aspect.container().has_container();
    case Aspect::kDomain: return aspect.domain().has_domain();
    case Aspect::kDataProduct: return aspect.data_product().has_data_product();
    case Aspect::kGlossaryTerms: return aspect.glossary_terms().terms_size() > 0;
    case Aspect::kJobDependencies:
      return aspect.job_dependencies().upstream_size() + aspect.job_dependencies().downstream_size() > 0;
    case Aspect::kTestExecution: return aspect.test_execution().tests_size() > 0;
    case Aspect::kQualityResults: return aspect.quality_results().results_size() > 0;
    case Aspect::kTags: return aspect.tags().tags_size() > 0;
    case Aspect::kSubset: return !aspect.subset().condition_json().empty();
    default: return true;
  }
}

// One ref and nothing else, which a value without it does not state.
bool IsStated(const Aspect& aspect) {
  const bool is_ref = aspect.has_container() || aspect.has_domain() || aspect.has_data_product();
  return !is_ref || IsLeft(aspect);
}

void Empty(Aspect& aspect) {
  if (aspect.has_facet()) return aspect.mutable_facet()->clear_json();
  const FieldDescriptor* field = Aspect::descriptor()->FindFieldByNumber(aspect.value_case());
  Aspect::GetReflection()->MutableMessage(&aspect, field)->Clear();
}

}  // namespace

bool NamesAssets(uint32_t number) {
  const Kinds& kinds = KindsThatName();
  return kinds.with_refs.contains(number) || kinds.with_json.contains(number);
}

void NoteReferences(const Aspect& shown, GovernedView& view) {
  if (!NamesAssets(static_cast<uint32_t>(shown.value_case()))) return;
  ColumnSight sight = ColumnSight::Noting(&view);
  Aspect copy = shown;
  MaskReferences(copy, sight);
}

bool MaskReferences(Aspect& aspect, ColumnSight& sight, bool notes) {
  const auto number = static_cast<uint32_t>(aspect.value_case());
  if (!NamesAssets(number)) return true;
  const TypedForm* typed = aspect.has_facet() ? TypedFormOf(aspect.facet().name()) : nullptr;
  ReferenceMask mask(&sight, typed != nullptr && typed->columns);
  bool left = true;
  if (aspect.has_parent_run()) {
    left = MaskParent(*aspect.mutable_parent_run(), mask);
  } else if (aspect.has_facet()) {
    // Whatever its text begins with.
    left = mask.CutText(aspect.mutable_facet()->mutable_json()) != Cut::kAll;
  } else if (aspect.has_iceberg_report()) {
    left = mask.CutText(aspect.mutable_iceberg_report()->mutable_report_json()) != Cut::kAll;
  } else {
    const bool json = KindsThatName().with_json.contains(number);
    const bool cut = json ? mask.CutJson(aspect) : mask.CutRefs(aspect);
    left = cut ? IsLeft(aspect) : IsStated(aspect);
  }
  if (!left) {
    Empty(aspect);
    return false;
  }
  if (!notes) return true;
  for (const AssetId id : mask.kept()) sight.Note(id);
  return true;
}

}  // namespace cadastre::authz
