#include "ingestors/runner/digest.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <xxhash.h>

#include <bit>
#include <cstdint>

namespace cadastre::ingest {
namespace {

int64_t Magnitude(int64_t amount) { return amount <= 0 ? amount : std::bit_width(static_cast<uint64_t>(amount)); }

void Coarsen(catalog::v1::Aspect& aspect) {
  if (aspect.has_volume()) {
    catalog::v1::Volume& volume = *aspect.mutable_volume();
    if (volume.has_rows()) volume.set_rows(Magnitude(volume.rows()));
    if (volume.has_bytes()) volume.set_bytes(Magnitude(volume.bytes()));
    if (volume.has_files()) volume.set_files(Magnitude(volume.files()));
  } else if (aspect.has_profile()) {
    // Not when it was measured, nor what of each column: both move with each look.
    aspect.mutable_profile()->Clear();
  }
}

}  // namespace

std::string StableBytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&out);
  }
  return bytes;
}

std::string DigestOf(const ingest::v1::CrawledObject& object) {
  ingest::v1::CrawledObject bare = object;
  bare.clear_digest();
  bare.clear_renamed_from();
  for (ingest::v1::CrawledAspect& aspect : *bare.mutable_aspects()) Coarsen(*aspect.mutable_aspect());
  const std::string bytes = StableBytes(bare);
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  return {reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest};
}

}  // namespace cadastre::ingest
