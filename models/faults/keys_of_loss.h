/* Rows that faults share whose losses are repaired, and those that take machines. */
#ifndef KEYS_OF_LOSS_H
#define KEYS_OF_LOSS_H
#include "models/faults/fault.h"

extern const char *const fault_disk_words[];

#define REPAIR_KEY KEY("repair", DISTRIBUTION, fault_config, repair, OPTIONAL, .doc = "From the fault until what was lost is back.")

#define DISK_KEY                                                                                                                   \
  KEY("disk", WORD, fault_config, disk, DEFAULT("auto"), .words = fault_disk_words,                                                \
      .doc = "Whether the machine comes back with its disk, and with the local volumes on it. auto: without it for databases "     \
             "with a \"backup\", else with it.")

#define REGION_KEY                                                                                                                 \
  KEY("region", REFERENCE, fault_config, region, OPTIONAL, .target = "platform.regions",                                           \
      .doc = "The region that is lost, or that the zone is in.")

#endif
