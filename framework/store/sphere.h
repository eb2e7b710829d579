/** @file sphere.h
 * Places on the sphere as unit vectors, and distances between them.
 */
#ifndef PRODA_STORE_SPHERE_H
#define PRODA_STORE_SPHERE_H

/** Radius of the sphere with the volume of the Earth, km. */
#define PRODA_EARTH_RADIUS 6371.0008

/** The unit vector of a place given in degrees. */
void proda_sphere_vector(double latitude, double longitude, double out[3]);

/** The longitude from -180 to 180 that is meant by one from -180 to 360; others stay as they are.
 */
double proda_longitude(double longitude);

/** Great-circle distance of two unit vectors, km; accurate at small distances. */
double proda_sphere_distance(const double a[3], const double b[3]);

#endif
