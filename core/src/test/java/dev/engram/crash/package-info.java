/** Processes that are killed and disks that lose power, with the truth kept outside the store. */
package dev.engram.crash;
