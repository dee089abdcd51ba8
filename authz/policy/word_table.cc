#include <deque>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "authz/policy/growing_array.h"
#include "authz/policy/registry.h"
#include "base/mutex.h"
#include "base/status.h"

namespace cadastre::authz {

struct WordTable::Impl {
  mutable base::Mutex mutex;
  // Addresses of words are stable, for the keys below and for readers.
  std::deque<std::string> words GUARDED_BY(mutex);
  absl::flat_hash_map<absl::string_view, uint32_t> numbers GUARDED_BY(mutex);
  GrowingArray<const std::string*> by_number;
};

WordTable::WordTable() : impl_(std::make_shared<Impl>()) {}

uint32_t WordTable::Intern(std::string_view word) const {
  if (word.empty()) return 0;
  base::MutexLock lock(impl_->mutex);
  auto known = impl_->numbers.find(base::ToAbsl(word));
  if (known != impl_->numbers.end()) return known->second;
  const std::string& text = impl_->words.emplace_back(word);
  const auto number = static_cast<uint32_t>(impl_->words.size());
  impl_->numbers.emplace(text, number);
  impl_->by_number.Set(number, &text);
  return number;
}

uint32_t WordTable::Find(std::string_view word) const {
  base::MutexLock lock(impl_->mutex);
  auto known = impl_->numbers.find(base::ToAbsl(word));
  return known == impl_->numbers.end() ? 0 : known->second;
}

std::string_view WordTable::Text(uint32_t number) const {
  const std::string* text = impl_->by_number.Get(number);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

}  // namespace cadastre::authz
