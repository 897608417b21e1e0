#pragma once

#include <filesystem>
#include <string>

#include "dataset/picture_listing.h"

namespace mien {

// Each pair of functions is one layout of picture files: whether a folder is laid out so, and its
// pictures with their labels. `split` is a part that the data set itself names; empty: all of it.
// Throws Error: input when a folder cannot be read or there is no such split, model when what says
// the labels is wrong.

/// ROOT/SPLIT/LABEL/* or ROOT/LABEL/*, where LABEL is a word of meaning_of_label(). Groups come
/// from groups.csv beside the folders of labels, or in ROOT.
bool has_labelled_folders(const std::filesystem::path& root);
PictureListing list_labelled_folders(const std::filesystem::path& root, const std::string& split);

/// The Karolinska Directed Emotional Faces (Lundqvist et al., 1998), by the files' names:
/// AF01ANS.JPG is session A, female, subject 01, angry, straight. Splits are the angles: straight,
/// half_left, half_right, full_left, full_right. Files of other names are left out.
bool is_kdef(const std::filesystem::path& root);
PictureListing list_kdef(const std::filesystem::path& root, const std::string& split);

/// CK+ (Lucey et al., 2010): cohn-kanade-images/S005/001/*.png, Emotion/S005/001/*_emotion.txt. Of
/// each sequence with a label the last three pictures show it, the first one is neutral. Contempt
/// and sequences without a label are left out. There are no splits.
bool is_ck_plus(const std::filesystem::path& root);
PictureListing list_ck_plus(const std::filesystem::path& root, const std::string& split);

/// JAFFE (Lyons et al., 1998), by the files' names: KA.AN1.39.tiff. There are no splits.
bool is_jaffe(const std::filesystem::path& root);
PictureListing list_jaffe(const std::filesystem::path& root, const std::string& split);

/// AffectNet (Mollahosseini et al., 2017), as its authors give it: train_set/images/*.jpg and
/// train_set/annotations/*_exp.npy, the same in val_set; or in folders named by its numbers,
/// ROOT/SPLIT/0..7/*, which is never guessed, as other data sets number otherwise. Contempt (7),
/// and what is no expression (8 and more), is left out.
bool is_affectnet(const std::filesystem::path& root);
PictureListing list_affectnet(const std::filesystem::path& root, const std::string& split);

/// The folder of a split: of that name, or of another common one for the same part (train,
/// training, train_set; validation, valid, val, val_set; test, testing, test_set), in any case.
/// ROOT itself without a split. Throws Error (input), with the folders that are there.
std::filesystem::path split_folder(const std::filesystem::path& root, const std::string& split);

/// Throws Error (usage) when a split is named of a data set that has none.
void require_no_split(const std::filesystem::path& root, const std::string& split);

}  // namespace mien
