#include "cli/aspect_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include "base/status.h"
#include "cli/inputs.h"

namespace cadastre::cli {
namespace {

using catalog::v1::Aspect;

const google::protobuf::FieldDescriptor* ValueOf(const Aspect& aspect) {
  return Aspect::GetReflection()->GetOneofFieldDescriptor(aspect, Aspect::descriptor()->FindOneofByName("value"));
}

// `each` of all items, with a minus before denied ones.
template <typename Items, typename Text>
std::string Joined(const Items& items, const Text& each) {
  std::string out;
  for (const auto& item : items) out += base::Cat(out.empty() ? "" : ", ", item.denied() ? "-" : "", each(item));
  return out;
}

std::string TagText(const catalog::v1::Tags::Tag& tag) {
  return base::Cat(tag.field().empty() ? "" : tag.field() + ":", tag.key(), tag.value().empty() ? "" : "=",
                   tag.value());
}

std::string OwnerText(const catalog::v1::Ownership::Owner& owner) {
  return owner.type().empty() ? owner.owner() : base::Cat(owner.owner(), " (", owner.type(), ")");
}

std::string VolumeText(const catalog::v1::Volume& volume) {
  std::string out;
  const auto add = [&](bool set, int64_t count, const char* unit) {
    if (set) out += base::Cat(out.empty() ? "" : ", ", count, " ", unit);
  };
  add(volume.has_rows(), volume.rows(), "rows");
  add(volume.has_bytes(), volume.bytes(), "bytes");
  add(volume.has_files(), volume.files(), "files");
  return out;
}

}  // namespace

std::string CompactJson(const google::protobuf::Message& message) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) return "";
  return text;
}

std::string AspectKind(const Aspect& aspect) {
  const google::protobuf::FieldDescriptor* field = ValueOf(aspect);
  return field == nullptr ? "" : field->name();
}

std::string AspectText(const Aspect& aspect) {
  switch (aspect.value_case()) {
    case Aspect::VALUE_NOT_SET: return "";
    case Aspect::kDocumentation: return aspect.documentation().text();
    case Aspect::kDisplayName: return aspect.display_name().name();
    case Aspect::kOwnership: return Joined(aspect.ownership().owners(), OwnerText);
    case Aspect::kTags: return Joined(aspect.tags().tags(), TagText);
    case Aspect::kClassifications:
      return Joined(aspect.classifications().classifications(), [](const auto& one) { return one.name(); });
    case Aspect::kGlossaryTerms:
      return Joined(aspect.glossary_terms().terms(), [](const auto& one) { return AssetText(one.term()); });
    case Aspect::kDomain: return AssetText(aspect.domain().domain());
    case Aspect::kDataProduct: return AssetText(aspect.data_product().data_product());
    case Aspect::kContainer: return AssetText(aspect.container().container());
    case Aspect::kDefinition: return aspect.definition().sql();
    case Aspect::kSourceCode: return aspect.source_code().source();
    case Aspect::kLocation: return aspect.location().uri();
    case Aspect::kDatasetVersion: return aspect.dataset_version().version();
    case Aspect::kVolume: return VolumeText(aspect.volume());
    case Aspect::kFreshness: return TimeText(aspect.freshness().updated_at());
    case Aspect::kErrorMessage: return aspect.error_message().message();
    case Aspect::kSchema: return base::Cat(aspect.schema().fields_size(), " columns");
    case Aspect::kFacet: return base::Cat(aspect.facet().name(), " ", aspect.facet().json());
    default: {
      const google::protobuf::FieldDescriptor* field = ValueOf(aspect);
      return CompactJson(Aspect::GetReflection()->GetMessage(aspect, field));
    }
  }
}

}  // namespace cadastre::cli
