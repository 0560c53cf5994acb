package dev.engram;

/**
 * What the vector index of a collection is like at the moment.
 *
 * @param quantization how precisely it ranks
 * @param outdated vectors whose codes are of another quantization still, deleted ones included
 * @param vectors live vectors; each of them is in one of the next three
 * @param tail newest vectors, which a search scores as they are
 * @param fresh vectors whose codes a search scans whole, deleted ones included
 * @param partitioned vectors by partition, deleted ones included
 * @param partitions groups of near vectors
 * @param probes partitions that a search looks into for the collection's recall target; a filter
 *     makes it look into more
 * @param recallTarget the collection's
 * @param measuredRecall the share of the true neighbours of its own sampled vectors that such a
 *     search finds, as measured after the last growth; 1 where everything is looked through
 * @param heapBytes memory outside of mapped files, about
 * @param mappedBytes bytes of mapped files
 * @param hotBytes those of them that searches touch
 * @param settled whether no work in the background is due that could not wait
 */
public record IndexInfo(
    Quantization quantization,
    long outdated,
    long vectors,
    long tail,
    long fresh,
    long partitioned,
    int partitions,
    int probes,
    double recallTarget,
    double measuredRecall,
    long heapBytes,
    long mappedBytes,
    long hotBytes,
    boolean settled) {}
