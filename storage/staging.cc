#include "storage/staging.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "base/status.h"
#include "storage/row_key.h"

namespace cadastre::storage {
namespace {

constexpr std::string_view kStagedRow = "storage.staged.";

std::string StagedKey(uint32_t part) {
  std::string key = MetaKey(kStagedRow);
  base::AppendU32(key, part);
  return key;
}

}  // namespace

Status Staging::Stage(Batch rows) {
  if (rows.empty()) return absl::OkStatus();
  std::string journal;
  for (const Batch::Op& row : rows.ops()) {
    CHECK(row.value.has_value()) << "what is taken away was staged: there would be no way back";
    base::AppendU16(journal, static_cast<uint16_t>(row.key.size()));
    journal += row.key;
  }
  rows.Put(StagedKey(parts_), std::move(journal));
  // Counted first: of a write whose outcome is unknown the journal may be there.
  ++parts_;
  return engine_->Write(rows, /*sync=*/false);
}

void Staging::Settle(Batch* commit) const {
  for (uint32_t part = 0; part < parts_; ++part) commit->Delete(StagedKey(part));
}

StatusOr<bool> Staging::TakeBackPart(Engine* engine) {
  const std::string lower = MetaKey(kStagedRow);
  ASSIGN_OR_RETURN(const std::optional<KeyValue> part, engine->Last(lower, base::PrefixEnd(lower)));
  if (!part) return true;
  Batch batch;
  base::ByteReader journal(part->second);
  while (!journal.empty()) {
    ASSIGN_OR_RETURN(const uint16_t size, journal.ReadU16());
    ASSIGN_OR_RETURN(const std::string_view key, journal.ReadRaw(size));
    batch.Delete(std::string(key));
  }
  batch.Delete(part->first);
  RETURN_IF_ERROR(engine->Write(batch, /*sync=*/false));
  return false;
}

}  // namespace cadastre::storage
