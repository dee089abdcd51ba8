// Room for just as many bytes as were asked for, in texts that grow and are counted. Thread rule: compatible.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace cadastre::server {

// std::string's own reserve takes twice what there was, whatever less is asked. While what the text holds is carried
// over both stand. Does nothing where there is as much.
inline void GiveRoom(std::string& text, size_t bytes) {
  if (bytes <= text.capacity()) return;
  std::string grown;
  grown.reserve(bytes);
  grown.append(text);
  text = std::move(grown);
}

}  // namespace cadastre::server
