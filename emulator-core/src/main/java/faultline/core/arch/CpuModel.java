package faultline.core.arch;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// A processor as software sees it: what it advertises is exactly what is implemented.
public record CpuModel(String name, String description, Set<String> features) {

    public CpuModel {
        features = Set.copyOf(features);
    }

    /// A set of features: those of an older model and the ones added to it, each string holding some.
    public static Set<String> features(Set<String> inherited, String... added) {
        Set<String> features = new HashSet<>(inherited);
        for (String names : added) {
            features.addAll(Arrays.asList(names.split(" ")));
        }
        return features;
    }

    /// Whether the model has a feature, by the manual's name for it.
    public boolean has(String feature) {
        return features.contains(feature);
    }
}
