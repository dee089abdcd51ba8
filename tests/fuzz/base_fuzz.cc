// Whatever the bytes: the words of names, kinds and times parse to what writes itself the same way, or are refused.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/asset_name.h"
#include "base/check.h"
#include "base/time_format.h"

namespace base = cadastre::base;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto name = base::ParseAssetName(text); name.ok() && base::CheckAssetName(*name).ok()) {
    const auto again = base::ParseAssetName(base::AssetNameText(*name));
    CHECK(again.ok() && *again == *name) << base::AssetNameText(*name);
  }
  (void)base::ParseAssetKind(text);
  (void)base::ParseTime(text);
  return 0;
}
