package dev.engram.internal.text;

/**
 * What one term of a question adds to the score of one document.
 *
 * @param term the term after analysis
 * @param idf its information: ln(1 + (N - df + 0.5) / (df + 0.5)) in the scope
 * @param tf how often the document has it
 * @param contribution its part of the score; the parts of all terms sum to it
 */
public record TermScore(String term, double idf, int tf, double contribution) {}
